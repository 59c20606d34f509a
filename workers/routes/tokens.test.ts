import { env, exports } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { signUp, type TestAccount } from "../../tests/support/worker/accounts.ts";
import type { TokenCreated } from "../contract/accounts.ts";

function call(method: string, path: string, authorization: string, body?: unknown) {
  return exports.default.fetch(`http://localhost:8788${path}`, {
    method,
    headers: { authorization, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function createToken(account: TestAccount, scopes: string[]): Promise<TokenCreated> {
  const response = await call("POST", "/v1/tokens", account.headers.authorization, {
    name: "Backup script",
    scopes,
  });
  expect(response.status).toBe(201);
  return response.json();
}

test("a personal access token acts as its account with its own scopes, and shows when it was used", async () => {
  const account = await signUp("creator");
  const { token, hint } = await createToken(account, ["uploads:write"]);
  expect(token).toMatch(/^kin_[0-9A-Za-z]{44}$/);
  const me = await call("GET", "/v1/me", `Bearer ${token}`);
  expect(await me.json()).toMatchObject({ id: account.userId, scopes: ["uploads:write"] });
  await vi.waitFor(async () => {
    const list = await call("GET", "/v1/tokens", account.headers.authorization);
    const { items } = await list.json<{ items: { hint: string; lastUsedAt: string | null }[] }>();
    expect(items).toMatchObject([{ name: "Backup script", hint, lastUsedAt: expect.any(String) }]);
    expect(JSON.stringify(items)).not.toContain(token);
  }, 50_000);
});

test("a token without the required scope is refused", async () => {
  const { token } = await createToken(await signUp("creator"), ["videos:read"]);
  const answer = await call("POST", "/v1/uploads", `Bearer ${token}`, {});
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code: "insufficient_scope" });
});

test("the database does not contain the token itself", async () => {
  const account = await signUp("creator");
  const { token } = await createToken(account, ["videos:read"]);
  const rows = await env.CATALOG.prepare("SELECT * FROM personal_access_token WHERE user_id = ?")
    .bind(account.userId)
    .all();
  expect(rows.results).toHaveLength(1);
  expect(JSON.stringify(rows.results)).not.toContain(token.slice(4));
});

test("a revoked or expired token is refused", async () => {
  const account = await signUp("creator");
  const revoked = await createToken(account, ["videos:read"]);
  expect(
    (await call("DELETE", `/v1/tokens/${revoked.id}`, account.headers.authorization)).status,
  ).toBe(204);
  const expired = await createToken(account, ["videos:read"]);
  await env.CATALOG.prepare("UPDATE personal_access_token SET expires_at = 1 WHERE id = ?")
    .bind(expired.id)
    .run();
  for (const { token } of [revoked, expired]) {
    const answer = await call("GET", "/v1/me", `Bearer ${token}`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"');
    expect(await answer.json()).toMatchObject({ code: "invalid_token" });
  }
});

test("an account cannot grant scopes that it lacks, and a token cannot create other tokens", async () => {
  const viewer = await signUp("viewer");
  const beyond = await call("POST", "/v1/tokens", viewer.headers.authorization, {
    name: "x",
    scopes: ["admin"],
  });
  expect(beyond.status).toBe(403);
  const { token } = await createToken(viewer, ["videos:read"]);
  const again = await call("POST", "/v1/tokens", `Bearer ${token}`, {
    name: "y",
    scopes: ["videos:read"],
  });
  expect(again.status).toBe(403);
});

test("the token of another account cannot be revoked", async () => {
  const { id } = await createToken(await signUp("viewer"), ["videos:read"]);
  const other = await signUp("viewer");
  expect((await call("DELETE", `/v1/tokens/${id}`, other.headers.authorization)).status).toBe(404);
});
