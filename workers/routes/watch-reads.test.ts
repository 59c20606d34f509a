import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { signUp } from "../../tests/support/worker/accounts.ts";
import { newVideo } from "../../tests/support/worker/api.ts";
import { CountingD1 } from "../../tests/support/worker/counting-d1.ts";
import { app } from "../app.ts";
import { Watch } from "../contract/watch.ts";
import { catalog, runBatch } from "../db/client.ts";
import { videoRevocations } from "../db/revocations.ts";
import { changeStatements } from "../db/videos.ts";
import { newId } from "../domain/id.ts";
import { ownKeys, verifySignature } from "../media/playback-token.ts";

const counting = new CountingD1(env.CATALOG);
const bindings = { ...env, CATALOG: counting.binding };

async function watch(
  id: string,
  headers: Record<string, string> = {},
  from: Env = bindings,
): Promise<Response> {
  const path = `/v1/videos/${id}/watch`;
  return app.request(path, { method: "POST", headers }, from, createExecutionContext());
}

/** Milliseconds since the epoch. */
async function issuedAt(response: Response): Promise<number> {
  const { playback } = Watch.parse(await response.json());
  const { claims } = await verifySignature(playback?.token ?? "", await ownKeys(env));
  return claims.iat * 1000;
}

test("the watch page has its playback token after one round trip to the catalogue", async () => {
  const id = await newVideo(newId());
  const viewer = await signUp("viewer");
  // Reads the keys for account tokens, which happens once per isolate.
  await watch(id, viewer.headers);
  for (const headers of [{}, viewer.headers]) {
    counting.reset();
    const response = await watch(id, headers);
    expect(response.status).toBe(200);
    const { video, playback } = Watch.parse(await response.json());
    expect([video.id, playback?.token]).toEqual([id, expect.any(String)]);
    expect(counting.hops).toBe(1);
    expect(counting.rowsWritten).toBe(0);
  }
});

test("data read in parallel with the session is not shown to unauthorized callers", async () => {
  const owner = await signUp("creator");
  const other = await signUp("viewer");
  const id = await newVideo(owner.userId, { visibility: "private" });
  expect((await watch(id, owner.headers)).status).toBe(200);
  for (const headers of [{}, other.headers]) expect((await watch(id, headers)).status).toBe(404);
  expect((await watch(id, { authorization: "Bearer nonsense" })).status).toBe(401);
  expect((await watch(newId(), owner.headers)).status).toBe(404);
});

test("a token issued from a stale replica is ended by the revocation that the replica did not have yet", async () => {
  const id = await newVideo(newId());
  const db = catalog(env);
  // A replica that receives no further changes.
  const old = new Map<string, D1Result[]>();
  const replica = {
    prepare: (sql: string) => env.CATALOG.prepare(sql),
    batch: async (statements: D1PreparedStatement[]) => {
      const results = old.get("read") ?? (await env.CATALOG.batch(statements));
      old.set("read", results);
      return results;
    },
  };
  const CATALOG = {
    prepare: (sql: string) => env.CATALOG.prepare(sql),
    batch: (statements: D1PreparedStatement[]) => env.CATALOG.batch(statements),
    withSession: () => replica,
  } as unknown as D1Database;
  const lagging = { ...env, CATALOG };
  expect((await watch(id, {}, lagging)).status).toBe(200);

  const hiddenAt = Date.now();
  await runBatch(db, changeStatements(db, [id], { visibility: "private" }, hiddenAt));
  const stale = await watch(id, {}, lagging);
  expect(await issuedAt(stale)).toBeLessThan(hiddenAt);
  // A replica that knows the change refuses, and when the video is shown again, its tokens are valid at once.
  old.clear();
  expect((await watch(id, {}, lagging)).status).toBe(404);
  await runBatch(db, [
    ...changeStatements(db, [id], { visibility: "public" }, Date.now()),
    ...videoRevocations(db, [id], hiddenAt),
  ]);
  old.clear();
  expect(await issuedAt(await watch(id, {}, lagging))).toBeGreaterThan(hiddenAt);
});
