import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import {
  beginTranscode,
  call,
  newAccount,
  newVideo,
  problemOf,
} from "../../tests/support/worker/api.ts";
import { consent, consentPage, obtainCode, registerApp } from "../../tests/support/worker/oauth.ts";
import { insertVideo, ORIGIN, tokenFor } from "../../tests/support/worker/media.ts";
import { examplePlan } from "../../tests/support/worker/plan.ts";
import { libraryOf } from "../db/history.ts";
import { LIMITS } from "../domain/limits.ts";
import { newId } from "../domain/id.ts";

type Account = Awaited<ReturnType<typeof newAccount>>;

/** Runs a statement with `?1` as an account and `?2` as the number of rows to add. */
const fill = (sql: string, owner: string, rows: number) =>
  env.CATALOG.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) ${sql}`,
  )
    .bind(owner, rows)
    .run();

const file = { filename: "a.mp4", size: 1, contentType: "video/mp4" };
const upload = ({ app }: Account) => call(app, "POST", "/v1/uploads", file);

/** For each kind of row: a function that adds rows up to one below the limit, and a request that adds one more. */
const KINDS: [
  keyof typeof LIMITS,
  (account: Account) => Promise<unknown>,
  (account: Account) => Promise<Response>,
  code?: "limit_reached" | "too_many_keys",
][] = [
  [
    "videosPerAccount",
    ({ userId }) =>
      fill(
        `INSERT INTO videos (id, owner_id, title, created_at, updated_at) SELECT ?1 || i, ?1, 'x', 1, 1 FROM n`,
        userId,
        LIMITS.videosPerAccount - 1,
      ),
    upload,
  ],
  [
    "openUploadsPerAccount",
    ({ userId }) =>
      fill(
        `INSERT INTO uploads (id, video_id, owner_id, filename, size, content_type, part_size, part_count, key, multipart_id, created_at, expires_at)
       SELECT ?1 || i, ?1 || i, ?1, 'x', 1, 'x', 1, 1, 'x', 'x', 1, 9e15 FROM n`,
        userId,
        LIMITS.openUploadsPerAccount - 1,
      ),
    upload,
  ],
  [
    "personalTokensPerAccount",
    ({ userId }) =>
      fill(
        `INSERT INTO personal_access_token (id, user_id, name, hash, hint, scopes, created_at, expires_at)
       SELECT ?1 || i, ?1, 'x', ?1 || i, 'x', '', 1, 1 FROM n`,
        userId,
        LIMITS.personalTokensPerAccount - 1,
      ),
    ({ app }) => call(app, "POST", "/v1/tokens", { name: "x", scopes: ["videos:read"] }),
  ],
  [
    "appsPerAccount",
    ({ userId }) =>
      fill(
        `INSERT INTO oauth_client (id, client_id, user_id, redirect_uris) SELECT ?1 || i, ?1 || i, ?1, '[]' FROM n`,
        userId,
        LIMITS.appsPerAccount - 1,
      ),
    ({ app }) =>
      call(app, "POST", "/v1/apps", {
        name: "x",
        redirectUris: ["https://a.example/"],
        scopes: ["openid"],
        confidential: false,
      }),
  ],
  [
    "signingKeysPerAccount",
    ({ userId }) =>
      fill(
        `INSERT INTO signing_keys (kid, owner_id, name, algorithm, jwk, created_at)
       SELECT ?1 || i, ?1, 'x', 'EdDSA', '{}', 1 FROM n`,
        userId,
        LIMITS.signingKeysPerAccount - 1,
      ),
    async ({ app }) => {
      const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign"])) as CryptoKeyPair;
      const { x } = (await crypto.subtle.exportKey("jwk", pair.publicKey)) as JsonWebKey;
      const jwk = { kty: "OKP", crv: "Ed25519", x };
      return call(app, "POST", "/v1/signing-keys", { name: "x", jwk });
    },
    "too_many_keys",
  ],
  [
    "idempotencyKeysPerAccount",
    ({ userId }) =>
      fill(
        `INSERT INTO idempotency (principal, key, request_hash, created_at) SELECT ?1, 'k' || i, 'x', 9e15 FROM n`,
        userId,
        LIMITS.idempotencyKeysPerAccount - 1,
      ),
    ({ app }) => call(app, "POST", "/v1/uploads", file, { "idempotency-key": newId() }),
  ],
];

test.each(KINDS)(
  "%s: the last one is accepted, one more is refused and leaves nothing",
  async (_, addRows, addOne, code = "limit_reached") => {
    const account = await newAccount();
    await addRows(account);
    expect((await addOne(account)).status).toBe(201);
    expect(await problemOf(await addOne(account))).toMatchObject({
      status: 409,
      code,
    });
    expect((await addOne(account)).status).toBe(409);
  },
);

test("concurrent requests cannot exceed a limit", async () => {
  const { app } = await newAccount();
  const body = { name: "x", scopes: ["videos:read"] };
  const add = () => call(app, "POST", "/v1/tokens", body);
  const answers = await Promise.all(
    Array.from({ length: LIMITS.personalTokensPerAccount + 5 }, add),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(
    LIMITS.personalTokensPerAccount,
  );
});

test("an account has a limited number of passkeys and sessions, and the oldest sessions end", async () => {
  const { userId, cookie, email, password } = await signUp("viewer");
  await fill(
    `INSERT INTO passkey (id, user_id, public_key, credential_id, counter, device_type, backed_up)
     SELECT ?1 || i, ?1, 'x', ?1 || i, 0, 'x', 0 FROM n`,
    userId,
    LIMITS.passkeysPerAccount,
  );
  const body = { response: {} };
  const refused = await authFetch("/passkey/verify-registration", { cookie, body });
  expect(await problemOf(refused)).toMatchObject({ status: 409, code: "limit_reached" });

  await fill(
    `INSERT INTO session (id, user_id, token, created_at, updated_at, expires_at)
     SELECT ?1 || i, ?1, ?1 || i, i, i, 9e15 FROM n`,
    userId,
    LIMITS.sessionsPerAccount,
  );
  expect((await authFetch("/sign-in/email", { body: { email, password } })).status).toBe(200);
  const sessions = await env.CATALOG.prepare("SELECT count(*) AS n FROM session WHERE user_id = ?")
    .bind(userId)
    .first<{ n: number }>();
  expect(sessions?.n).toBe(LIMITS.sessionsPerAccount);
});

test("grantsPerAccount: one more app gets no access, and an app that has access can still ask for more", async () => {
  const account = await signUp("viewer");
  const [known, other] = [
    await registerApp(await signUp("creator")),
    await registerApp(await signUp("creator")),
  ];
  await obtainCode(account, known, "openid");
  await fill(
    `INSERT INTO oauth_client (id, client_id, redirect_uris) SELECT ?1 || i, ?1 || i, '[]' FROM n`,
    account.userId,
    LIMITS.grantsPerAccount - 1,
  );
  await fill(
    `INSERT INTO oauth_consent (id, client_id, user_id, scopes) SELECT ?1 || i, ?1 || i, ?1, '[]' FROM n`,
    account.userId,
    LIMITS.grantsPerAccount - 1,
  );
  await obtainCode(account, known, "openid videos:read");
  const page = await consentPage(account, other);
  const refused = await authFetch("/oauth2/consent", {
    cookie: account.cookie,
    body: { accept: true, oauth_query: page.search.slice(1) },
  });
  expect(await problemOf(refused)).toMatchObject({ status: 409, code: "limit_reached" });
  // Denying consent needs no row.
  expect((await consent(account, page, false)).searchParams.get("error")).toBe("access_denied");
});

test("watchedVideosPerProfile: the oldest position is deleted", async () => {
  const library = libraryOf(env, newId());
  const entry = { position: 1, finished: false };
  const entries = Array.from({ length: LIMITS.watchedVideosPerProfile }, (_, index) => ({
    ...{ ...entry, videoId: String(index), updatedAt: index + 1 },
  }));
  await library.importProgress("main", entries);
  expect(await library.getProgress("main", "0")).not.toBeNull();
  await library.putProgress("main", { ...entry, videoId: "one more", updatedAt: Date.now() });
  expect(await library.getProgress("main", "0")).toBeNull();
  expect(await library.listProgress("main", entries.length + 1)).toHaveLength(entries.length);
});

test("every limit has a test that reaches it", () => {
  const reached = [
    ...KINDS.map(([limit]) => limit),
    ...(["passkeysPerAccount", "sessionsPerAccount", "grantsPerAccount"] as const),
    ...(["watchedVideosPerProfile", "postersPerVersion", "invitations"] as const),
    // library-limits.test.ts, reports.test.ts and moderation.test.ts
    ...(["openReportsPerVideo", "openReportsPerReporter"] as const),
    ...(["watchlistPerProfile", "likesPerProfile", "rulingsPerVideo", "bannedSources"] as const),
    ...(["playlistsPerAccount", "videosPerPlaylist"] as const),
    // jobs/links/read-link.test.ts, profiles.test.ts, runners.test.ts and jobs/tasks/transcripts.test.ts
    "openLinksPerAccount" as const,
    ...(["profilesPerAccount", "runnerTokens", "runners", "transcriptionsPerVersion"] as const),
    // workers/auth/refresh-families.test.ts, video-access.test.ts and invitations.test.ts
    ...(["refreshTokensPerGrant", "accessLinksPerVideo", "invitedAccountsPerVideo"] as const),
    // services/follows.test.ts and services/push.test.ts
    ...(["followsPerAccount", "pushSubscriptionsPerAccount"] as const),
    // versions.test.ts, captions.test.ts and db/revocations.test.ts
    ...(["versionsPerVideo", "captionTracksPerVideo", "revokedSessionsPerVideo"] as const),
  ];
  expect(reached.toSorted()).toEqual(Object.keys(LIMITS).toSorted());
});

describe("tasks of one kind for one video", () => {
  let owner: Account;
  let id: string;
  const queued = async () =>
    (
      await env.CATALOG.prepare(
        "SELECT name, spec FROM tasks WHERE video_id = ? AND state = 'queued' AND kind <> 'plan'",
      )
        .bind(id)
        .all<{ name: string; spec: string }>()
    ).results;
  beforeAll(async () => {
    owner = await newAccount();
    id = await newVideo(owner.userId);
    await beginTranscode(id, owner.userId);
    const plan = { ...examplePlan(), tasks: undefined };
    await env.CATALOG.prepare("UPDATE transcodes SET plan = ? WHERE video_id = ?")
      .bind(JSON.stringify(plan), id)
      .run();
  });

  test("are merged: after many poster changes in a row only the last runs", async () => {
    for (let at = 1; at <= 10; at++)
      expect((await call(owner.app, "PUT", `/v1/videos/${id}/poster`, { at })).status).toBe(202);
    const tasks = await queued();
    expect(tasks.map(({ spec }) => JSON.parse(spec).posterAt)).toEqual([10]);
  });

  test("are merged: after many caption changes one publication runs", async () => {
    const vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n";
    for (const language of ["de", "en", "fr", "en"]) {
      const put = await call(owner.app, "PUT", `/v1/videos/${id}/captions/${language}`, vtt, {
        "content-type": "text/vtt",
      });
      expect(put.status).toBeLessThan(300);
    }
    expect((await queued()).filter(({ name }) => name.startsWith("finish"))).toHaveLength(1);
  });

  test("postersPerVersion: one more change is refused", async () => {
    await fill(
      `INSERT INTO tasks (id, video_id, version, owner_id, kind, name, stage, priority, lane, since, state, spec, created_at)
       SELECT ?1 || i, ?1, 1, 'x', 'images', 'images at ' || i, 0, 0, 'urgent images', 1, 'done', '{}', 1 FROM n`,
      id,
      LIMITS.postersPerVersion - 1,
    );
    const response = await call(owner.app, "PUT", `/v1/videos/${id}/poster`, { at: 1 });
    expect(await problemOf(response)).toMatchObject({ status: 409, code: "limit_reached" });
  });
});

test("a playback session gets a limited number of playlists and keys, and any number of segments", async () => {
  const id = await insertVideo({});
  await env.MEDIA.put(`${id}/1/p1/multivariant.m3u8`, "#EXTM3U\n");
  await env.MEDIA.put(`${id}/1/h264-240/0.1/00000.m4s`, "x");
  const token = await tokenFor(id, { sessionId: newId(), expiresIn: 600 });
  const statusOf = async (path: string): Promise<number> => {
    const response = await exports.default.fetch(`${ORIGIN}/media/${token}/${id}/1/${path}`);
    await response.arrayBuffer();
    return response.status;
  };
  const [playlist, key] = ["p1/multivariant.m3u8", "key"] as const;
  expect(await statusOf(playlist)).toBe(200);
  // This video has no key.
  expect(await statusOf(key)).toBe(404);
  // Both count towards one limit of 600 per minute; the count restarts if a minute ends in between.
  const refused = new Set<string>();
  for (let round = 0; round < 1000 && refused.size < 2; round++)
    for (const path of [playlist, key]) if ((await statusOf(path)) === 429) refused.add(path);
  expect([...refused].toSorted()).toEqual([key, playlist]);
  expect(await statusOf("h264-240/0.1/00000.m4s")).toBe(200);
}, 180_000);
