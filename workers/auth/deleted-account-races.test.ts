import {
  createExecutionContext,
  runDurableObjectAlarm,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { authFetch, signUp, type TestAccount } from "../../tests/support/worker/accounts.ts";
import { anonymous, appAs, call, newVideo } from "../../tests/support/worker/api.ts";
import { LateWrites } from "../../tests/support/worker/late-writes.ts";
import { RESOURCES } from "../../tests/support/worker/resources.ts";
import { flushViews } from "../../tests/support/worker/views.ts";
import { app } from "../app.ts";
import { SCOPES } from "../contract/scopes.ts";
import { catalog } from "../db/client.ts";
import { libraryOf } from "../db/history.ts";
import { insertVideo } from "../../tests/support/worker/media.ts";
import { newId } from "../domain/id.ts";
import type { SignedIn } from "../domain/principal.ts";
import { hashAccount } from "../domain/viewer-hash.ts";
import { accountsToClear } from "../db/accounts/deleted-accounts.ts";
import { clearDeletedAccounts } from "../jobs/cleanup/deleted-accounts.ts";
import { purgeLeftovers } from "../jobs/cleanup/purge.ts";

const HOUR_MS = 3_600_000;
const ORIGIN = "http://localhost:8788";
const PURGE_RUNS = 4;

/** Bodies with which a write reaches the database. Every other one gets none, or `{}`. */
const BODIES: Record<string, () => Promise<unknown>> = {
  "uploads.create": async () => ({ filename: "a.mp4", size: 10, contentType: "video/mp4" }),
  "uploads.record-part": async () => ({ etag: "abc" }),
  "videos.update": async () => ({ title: "New", visibility: "public", downloads: true }),
  "videos.poster": async () => ({ at: 1 }),
  "videos.report": async () => ({ reason: "other" }),
  "captions.put": async () => "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n",
  "progress.put": async () => ({ position: 1 }),
  "playlists.create": async () => ({ title: "Mine", visibility: "public" }),
  "playlists.update": async () => ({ title: "New" }),
  "watch-settings.update": async () => ({ autoplay: false }),
  "profile.put": async () => ({ about: "I film gulls.", links: [] }),
  "tokens.create": async () => ({ name: "Script", scopes: ["videos:read"] }),
  "apps.create": async () => ({
    name: "App",
    redirectUris: ["https://a.example/"],
    scopes: ["openid"],
    confidential: false,
  }),
  "signing-keys.create": async () => {
    const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign"])) as CryptoKeyPair;
    const { x } = (await crypto.subtle.exportKey("jwk", pair.publicKey)) as JsonWebKey;
    return { name: "Server", jwk: { kty: "OKP", crv: "Ed25519", x } };
  },
  "account.revoke-access": async () => ({ tokens: true, apps: true }),
};

/** Create requests, which must be refused with the message for tokens of deleted accounts. */
const CREATIONS = ["uploads.create", "tokens.create", "apps.create", "signing-keys.create"];

interface Write {
  operation: string;
  method: string;
  path: string;
}

/** Every operation that changes something, from the OpenAPI document. */
function allWrites(): Write[] {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Kinora", version: "1" },
  });
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    (["post", "put", "patch", "delete"] as const).flatMap((method) => {
      const operation = item?.[method]?.operationId;
      return operation === undefined ? [] : [{ operation, method: method.toUpperCase(), path }];
    }),
  );
}

async function requestOf({ operation, method, path }: Write, ownerId: string): Promise<Request> {
  const make = RESOURCES[operation.split(".")[0] ?? ""];
  const params = (await make?.(ownerId, {})) ?? { id: await insertVideo({ ownerId }) };
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? newId());
  const content = method === "DELETE" ? undefined : ((await BODIES[operation]?.()) ?? {});
  return new Request(ORIGIN + url, {
    method,
    headers: {
      "content-type": typeof content === "string" ? "text/vtt" : "application/json",
      ...(CREATIONS.includes(operation) && { "idempotency-key": newId() }),
    },
    ...(content !== undefined && {
      body: typeof content === "string" ? content : JSON.stringify(content),
    }),
  });
}

const signedInAs = ({ userId }: TestAccount): SignedIn => ({
  ...{ kind: "user", userId, role: "creator", via: "session" },
  scopes: new Set(SCOPES.filter((scope) => scope !== "admin")),
});

/** Where the database still contains an account or its hash: names of tables and columns, with the number of rows. */
async function tracesOf(userId: string): Promise<string[]> {
  const who = await hashAccount(env.BETTER_AUTH_SECRET, userId);
  const tables = await env.CATALOG.prepare(
    `SELECT m.name AS "table", c.name AS "column" FROM sqlite_master m, pragma_table_info(m.name) c
     WHERE m.type = 'table' AND m.name NOT GLOB '_cf_*' AND m.name NOT GLOB 'sqlite_*'`,
  ).all<{ table: string; column: string }>();
  const traces: string[] = [];
  for (const { table, column } of tables.results) {
    const n = await env.CATALOG.prepare(
      `SELECT count(*) AS n FROM "${table}" WHERE instr("${column}", ?) OR instr("${column}", ?)`,
    )
      .bind(userId, who)
      .first<number>("n");
    if (n) traces.push(`${table}.${column}: ${n}`);
  }
  return traces;
}

/**
 * What remains of every deleted account for a while: rows of erased videos, ended uploads, and revoked keys. Runner
 * tokens belong to the site and name their creator. The audit log keeps actions by id for its own time.
 */
const MAY_REMAIN =
  /^(videos|uploads|signing_keys)\.owner_id|^runner_tokens\.created_by|^deleted_accounts\.id|^encode_usage\.|^audit_log\./;

async function expectGone(userId: string): Promise<void> {
  await clearDeletedAccounts(env, Date.now() + 2 * HOUR_MS);
  // A run purges this many videos, and each write of the API has its own.
  for (let run = 0; run < PURGE_RUNS; run++) await purgeLeftovers(env, Date.now() + 2 * HOUR_MS);
  const traces = await tracesOf(userId);
  expect(traces.filter((trace) => !MAY_REMAIN.test(trace))).toEqual([]);
  const left = await env.CATALOG.prepare(
    `SELECT (SELECT count(*) FROM videos WHERE owner_id = ?1 AND (erased_at IS NULL OR purged_at IS NULL)) +
       (SELECT count(*) FROM uploads WHERE owner_id = ?1 AND state = 'open') +
       (SELECT count(*) FROM signing_keys WHERE owner_id = ?1 AND revoked_at IS NULL) AS n`,
  )
    .bind(userId)
    .first<number>("n");
  expect(left).toBe(0);
  const { profiles, playlists } = await libraryOf(env, userId).exportAll();
  expect([profiles.length, playlists]).toEqual([1, []]);
  expect(profiles[0]).toMatchObject({ id: "main", watched: [], watchlist: [], likes: [] });
  expect(await libraryOf(env, userId).listPush()).toEqual([]);
  expect((await libraryOf(env, userId).followState()).follows).toEqual([]);
}

const writes = allWrites();

/** A write that has been authorized and waits before it changes anything. */
async function heldUp(write: Write, account: TestAccount) {
  const request = await requestOf(write, account.userId);
  const late = new LateWrites();
  const ctx = createExecutionContext();
  const bindings = { ...env, ...late.bindings(env) };
  const answer = Promise.resolve(appAs(signedInAs(account)).fetch(request, bindings, ctx));
  // A write that is refused, or that changes nothing, does not wait.
  await Promise.race([late.reached, answer]);
  const end = async () => {
    late.release();
    const response = await answer;
    await waitOnExecutionContext(ctx);
    const { status } = response;
    const body = status >= 400 ? await response.json<{ code: string; detail: string }>() : null;
    return { ...write, isHeld: late.isHeld, status, body };
  };
  return { end };
}

test("a write that was authorized before its account was deleted stores nothing afterwards", async () => {
  const account = await signUp("creator");
  const held = await Promise.all(writes.map((write) => heldUp(write, account)));
  const { cookie, password } = account;
  expect((await authFetch("/delete-user", { cookie, body: { password } })).status).toBe(200);
  const answers = await Promise.all(held.map(({ end }) => end()));
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  for (const operation of CREATIONS)
    expect(answers.find((answer) => answer.operation === operation)).toMatchObject({
      ...{ isHeld: true, status: 401 },
      body: { code: "invalid_token", detail: expect.stringContaining("deleted") },
    });
  // Most others wait as well; the test would mean little if their bodies were refused earlier.
  expect(answers.filter(({ isHeld }) => isHeld).length).toBeGreaterThan(20);
  await expectGone(account.userId);
});

/** A like, or a follow, is kept in two objects. */
const TWOFOLD = [
  { what: "like", method: "like", path: "/v1/videos/{id}/like" },
  { what: "follow", method: "follow", path: "/v1/me/follows/{creator}" },
  { what: "follow", method: "addFollower", path: "/v1/me/follows/{creator}" },
];

test.each(TWOFOLD)(
  "a $what whose $method arrives after its account was deleted is not counted",
  async ({ method, path }) => {
    const [account, { userId: ownerId }] = [await signUp("viewer"), await signUp("creator")];
    const id = await newVideo(ownerId);
    const late = new LateWrites(method);
    const url = ORIGIN + path.replace("{id}", id).replace("{creator}", ownerId);
    const ctx = createExecutionContext();
    const request = new Request(url, { method: "PUT" });
    const answer = appAs(signedInAs(account)).fetch(
      request,
      { ...env, ...late.bindings(env) },
      ctx,
    );
    await late.reached;
    const { cookie, password } = account;
    expect((await authFetch("/delete-user", { cookie, body: { password } })).status).toBe(200);
    late.release();
    expect((await answer).status).toBe(204);
    await waitOnExecutionContext(ctx);
    await clearDeletedAccounts(env, Date.now() + 2 * HOUR_MS);
    await flushViews(id);
    await runDurableObjectAlarm(libraryOf(env, ownerId));
    const read = async (of: string) => (await call(anonymous, "GET", of)).json();
    expect(await read(`/v1/videos/${id}`)).toMatchObject({ likes: 0 });
    expect(await read(`/v1/creators/${ownerId}`)).toMatchObject({ followers: 0 });
  },
);

test("deleting an account also deletes its searches and reports", async () => {
  const account = await signUp("viewer");
  const who = await hashAccount(env.BETTER_AUTH_SECRET, account.userId);
  const id = await insertVideo({});
  await call(appAs(signedInAs(account)), "POST", `/v1/videos/${id}/reports`, { reason: "other" });
  await env.CATALOG.prepare("INSERT INTO search_picks (query, who, seen_at) VALUES ('gulls', ?, 1)")
    .bind(who)
    .run();
  const hashed = async () =>
    (await tracesOf(account.userId)).filter((trace) => /who|reporter/.test(trace));
  expect(await hashed()).toEqual(["search_picks.who: 1", "reports.reporter: 1"]);
  const { cookie, password } = account;
  expect((await authFetch("/delete-user", { cookie, body: { password } })).status).toBe(200);
  expect(await hashed()).toEqual([]);
});

test("every write in this test still exists in the API", () => {
  const covered = writes.filter(({ operation }) => operation in BODIES);
  expect(covered.map(({ operation }) => operation).toSorted()).toEqual(
    Object.keys(BODIES).toSorted(),
  );
});

/** Tables whose rows need no trigger: their parents are guarded, or they are the sweep's own counters. */
const UNGUARDED = {
  ...{ tasks: "of a video", transcodes: "of a video" },
  ...{ lanes: "of tasks", creator_queues: "of tasks" },
  ...{ creator_usage: "of videos and uploads", encode_usage: "deleted after its day" },
  ...{ rulings: "of a video", video_reviews: "of a video" },
  ...{ suspended_videos: "refers to its account", upload_days: "deleted after its day" },
  watch_progress: "of version 0.1.0: nothing writes it",
} as const;

test("every table with account rows refuses rows of a deleted account", async () => {
  const { userId } = await signUp("creator");
  await env.CATALOG.prepare("DELETE FROM user WHERE id = ?").bind(userId).run();
  const columns = await env.CATALOG.prepare(
    `SELECT m.name AS "table", c.name AS "column" FROM sqlite_master m, pragma_table_info(m.name) c
     WHERE m.type = 'table' AND m.name NOT GLOB '_cf_*' AND m.name NOT GLOB 'sqlite_*' AND c.name IN ('user_id', 'owner_id', 'principal')`,
  ).all<{ table: string; column: string }>();
  const guarded = columns.results.filter(({ table }) => !Object.hasOwn(UNGUARDED, table));
  expect(guarded.length).toBeGreaterThan(10);
  for (const { table, column } of guarded) {
    // The trigger runs before the table's other constraints.
    const insert = env.CATALOG.prepare(`INSERT INTO "${table}" ("${column}") VALUES (?)`);
    const refused = await insert.bind(userId).run().catch(String);
    expect([table, refused]).toEqual([table, expect.stringContaining("account_deleted")]);
  }
});

test("the sweep completes a deletion that was interrupted after the account row was deleted", async () => {
  const { userId } = await signUp("creator");
  const id = await insertVideo({ ownerId: userId });
  await env.CATALOG.prepare("DELETE FROM user WHERE id = ?").bind(userId).run();
  const times = { clearBefore: Number.MAX_SAFE_INTEGER, forgetBefore: 0 };
  const waiting = async () =>
    (await accountsToClear(catalog(env), times, 1000)).some((row) => row.id === userId);
  expect(await waiting()).toBe(true);
  await clearDeletedAccounts(env, Date.now() + 2 * 60_000);
  const row = await env.CATALOG.prepare("SELECT erased_at AS at FROM videos WHERE id = ?")
    .bind(id)
    .first<{ at: number | null }>();
  expect(row?.at).not.toBeNull();
  expect(await waiting()).toBe(false);
});
