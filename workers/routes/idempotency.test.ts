import { eq } from "drizzle-orm";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { catalog } from "../db/client.ts";
import { idempotency, uploads } from "../db/schema.ts";
import { newId } from "../domain/id.ts";
import { call, newAccount, problemOf, type TestApp } from "../../tests/support/worker/api.ts";

const file = { filename: "a.mp4", size: 10, contentType: "video/mp4" };
const create = (app: TestApp, key: string, body: unknown = file) =>
  call(app, "POST", "/v1/uploads", body, { "idempotency-key": key });
const uploadsOf = (ownerId: string) =>
  catalog(env).select().from(uploads).where(eq(uploads.ownerId, ownerId));

test("a repeated request gets the first response and has no further effect", async () => {
  const { app, userId } = await newAccount();
  const key = newId();
  const [first, second] = [await create(app, key), await create(app, key)];
  expect(second.status).toBe(201);
  expect(second.headers.get("idempotency-replayed")).toBe("true");
  expect(await second.json()).toEqual(await first.json());
  expect(await uploadsOf(userId)).toHaveLength(1);
});

test("one of ten concurrent requests runs; the others get its response or are told to wait", async () => {
  const { app, userId } = await newAccount();
  const key = newId();
  const answers = await Promise.all(Array.from({ length: 10 }, () => create(app, key)));
  for (const answer of answers) expect([201, 409]).toContain(answer.status);
  expect(answers.filter((answer) => answer.status === 201).length).toBeGreaterThanOrEqual(1);
  expect(await uploadsOf(userId)).toHaveLength(1);
});

test("a key belongs to one caller and one request", async () => {
  const [one, two] = await Promise.all([newAccount(), newAccount()]);
  const key = newId();
  await create(one.app, key);
  expect((await problemOf(await create(one.app, key, { ...file, size: 11 }))).code).toBe(
    "idempotency_conflict",
  );
  expect((await create(two.app, key)).headers.get("idempotency-replayed")).toBeNull();
  expect((await problemOf(await create(one.app, "a b"))).code).toBe("invalid_request");
});

test("a key can be used again after a refused or interrupted request", async () => {
  const { app, userId } = await newAccount();
  const key = newId();
  expect((await problemOf(await create(app, key, { ...file, size: 0 }))).code).toBe("empty_file");
  expect((await create(app, key)).status).toBe(201);

  const lost = newId();
  const db = catalog(env);
  const record = { principal: userId, key: lost, requestHash: "x" };
  await db.insert(idempotency).values({ ...record, createdAt: Date.now() });
  expect((await create(app, lost)).status).toBe(409);
  await db
    .update(idempotency)
    .set({ createdAt: Date.now() - 61_000 })
    .where(eq(idempotency.key, lost));
  expect((await create(app, lost)).status).toBe(201);
});

const rowsOf = async (userId: string) =>
  (
    await env.CATALOG.prepare("SELECT body FROM idempotency WHERE principal = ?")
      .bind(userId)
      .all<{ body: string }>()
  ).results;

test("the server stores only the responses of requests that create something", async () => {
  const { app, userId } = await newAccount();
  const key = () => ({ "idempotency-key": newId() });
  const created = await call(app, "POST", "/v1/uploads", { ...file, size: 1e9 }, key());
  const { id } = await created.json<{ id: string }>();
  const all = Array.from({ length: 100 }, (_, index) => index + 1);
  // Small responses are stored too.
  for (const partNumbers of [[1], [2], all])
    expect(
      (await call(app, "POST", `/v1/uploads/${id}/parts`, { partNumbers }, key())).status,
    ).toBe(200);
  const rows = await rowsOf(userId);
  expect(rows).toHaveLength(1);
  expect(rows[0]!.body.length).toBeLessThan(1000);
});

test("a request with a repeated part number is refused", async () => {
  const { app } = await newAccount();
  const { id } = await (await call(app, "POST", "/v1/uploads", file)).json<{ id: string }>();
  const response = await call(app, "POST", `/v1/uploads/${id}/parts`, { partNumbers: [1, 1] });
  expect(await problemOf(response)).toMatchObject({ status: 400, code: "invalid_request" });
});
