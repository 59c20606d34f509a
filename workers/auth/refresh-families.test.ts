import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { signUp } from "../../tests/support/worker/accounts.ts";
import {
  type Authorized,
  obtainCode,
  redeemCode,
  refresh,
  registerApp,
} from "../../tests/support/worker/oauth.ts";
import { newId } from "../domain/id.ts";
import { LIMITS } from "../domain/limits.ts";

const MAX_TOKENS = LIMITS.refreshTokensPerGrant;

async function refreshTokenOf(response: Response): Promise<string> {
  expect(response.status).toBe(200);
  return (await response.json<{ refresh_token: string }>()).refresh_token;
}

/** An account that has given an app access. @returns its grant and the first refresh token */
async function newGrant() {
  const app = await registerApp(await signUp("creator"));
  const user = await signUp("viewer");
  const flow = await obtainCode(user, app, "offline_access videos:read");
  return { app, user, flow, first: await refreshTokenOf(await redeemCode(flow)) };
}

async function storedTokens(userId: string): Promise<number> {
  const row = await env.CATALOG.prepare(
    "SELECT count(*) AS n FROM oauth_refresh_token WHERE user_id = ?",
  )
    .bind(userId)
    .first<{ n: number }>();
  return row?.n ?? 0;
}

async function rotate(flow: Authorized, token: string, times: number): Promise<string> {
  let newest = token;
  for (let use = 0; use < times; use++) newest = await refreshTokenOf(await refresh(flow, newest));
  return newest;
}

/** Adds tokens to a grant as if it had been used for a while: rotated ones, or other sign-ins of the app. */
async function addTokens(userId: string, state: "rotated" | "live", count: number): Promise<void> {
  const revoked = state === "rotated" ? Date.now() : null;
  await env.CATALOG.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
     INSERT INTO oauth_refresh_token (id, token, client_id, user_id, scopes, created_at, expires_at, revoked)
     SELECT ?3 || i, ?3 || i, client_id, user_id, scopes, 1000 + i, expires_at, ?4
     FROM n, (SELECT * FROM oauth_refresh_token WHERE user_id = ?1 LIMIT 1)`,
  )
    .bind(userId, count, newId(), revoked)
    .run();
}

/** Makes the grant's existing tokens its oldest. */
const makeOld = (userId: string) =>
  env.CATALOG.prepare("UPDATE oauth_refresh_token SET created_at = 1 WHERE user_id = ?")
    .bind(userId)
    .run();

test("an app that keeps refreshing has a limited number of rows, and its newest token works", async () => {
  const { user, flow, first } = await newGrant();
  await addTokens(user.userId, "rotated", MAX_TOKENS);
  const newest = await rotate(flow, first, 3);
  expect(await storedTokens(user.userId)).toBe(MAX_TOKENS);
  expect((await refresh(flow, newest)).status).toBe(200);
});

test("reusing a token that is no longer stored still revokes its family", async () => {
  const { user, flow, first } = await newGrant();
  const second = await rotate(flow, first, 1);
  await makeOld(user.userId);
  await addTokens(user.userId, "rotated", MAX_TOKENS);
  const newest = await rotate(flow, second, 2);
  const isStored =
    "SELECT count(*) AS n FROM oauth_refresh_token WHERE user_id = ? AND created_at = 1";
  expect(await env.CATALOG.prepare(isStored).bind(user.userId).first("n")).toBe(0);
  expect((await refresh(flow, first)).status).toBe(400);
  expect(await storedTokens(user.userId)).toBe(0);
  expect((await refresh(flow, newest)).status).toBe(400);
});

test("a token that was never issued revokes nothing", async () => {
  const { user, flow, first } = await newGrant();
  for (const invented of [`kinora_rt_${"x".repeat(32)}`, `kinora_rt_${"x".repeat(32)}.unknown`])
    expect((await refresh(flow, invented)).status).toBe(400);
  expect(await storedTokens(user.userId)).toBe(1);
  expect((await refresh(flow, first)).status).toBe(200);
});

test("repeated sign-ins to one app revoke only that app's oldest sign-in", async () => {
  const { app, user, flow, first } = await newGrant();
  await makeOld(user.userId);
  await addTokens(user.userId, "live", MAX_TOKENS - 1);
  const other = await registerApp(await signUp("creator"));
  const otherFlow = await obtainCode(user, other, "offline_access videos:read");
  const ofOther = await refreshTokenOf(await redeemCode(otherFlow));
  expect(await storedTokens(user.userId)).toBe(MAX_TOKENS + 1);
  await refreshTokenOf(await redeemCode(await obtainCode(user, app, "offline_access")));
  expect(await storedTokens(user.userId)).toBe(MAX_TOKENS + 1);
  expect((await refresh(otherFlow, ofOther)).status).toBe(200);
  expect((await refresh(flow, first)).status).toBe(400);
});
