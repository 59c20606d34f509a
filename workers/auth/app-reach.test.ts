import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { signUp, type TestAccount } from "../../tests/support/worker/accounts.ts";
import { obtainCode, ORIGIN, redeemCode, registerApp } from "../../tests/support/worker/oauth.ts";
import type { AppScope } from "../contract/accounts.ts";
import { newVideo } from "../../tests/support/worker/api.ts";

/** Calls the API as an app that a user has granted these scopes. */
async function appOf(user: TestAccount, scopes: AppScope[]) {
  const app = await registerApp(await signUp("creator"), { scopes });
  const redeemed = await redeemCode(await obtainCode(user, app, scopes.join(" ")));
  const { access_token: token } = await redeemed.json<{ access_token: string }>();
  return (path: string, method = "GET", body?: unknown): Promise<Response> =>
    exports.default.fetch(`${ORIGIN}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
}

test.each<[string, AppScope[], string[]]>([
  ["nothing", ["search:read"], []],
  ["the name", ["search:read", "openid", "profile"], ["name", "role", "createdAt"]],
  ["the address", ["search:read", "openid", "email"], ["email", "emailVerified"]],
])("an app with access to %s sees nothing else of the account", async (_, scopes, seen) => {
  const user = await signUp("viewer");
  const me = await (await (await appOf(user, scopes))("/v1/me")).json<object>();
  expect(me).toMatchObject({ id: user.userId });
  expect(Object.keys(me).toSorted()).toEqual(["id", "scopes", ...seen].toSorted());
});

test("a personal access token shows no more of the account than an app can see", async () => {
  const user = await signUp("viewer");
  const made = await exports.default.fetch(`${ORIGIN}/v1/tokens`, {
    method: "POST",
    headers: { ...user.headers, "content-type": "application/json" },
    body: JSON.stringify({ name: "Script", scopes: ["search:read"] }),
  });
  const { token } = await made.json<{ token: string }>();
  const headers = { authorization: `Bearer ${token}` };
  const me = await exports.default.fetch(`${ORIGIN}/v1/me`, { headers });
  expect(await me.json()).toEqual({ id: user.userId, scopes: ["search:read"] });
});

test("an app with access to videos can neither read nor change the history", async () => {
  const user = await signUp("viewer");
  const id = await newVideo(user.userId);
  const progress = `/v1/videos/${id}/progress`;
  const reader = await appOf(user, ["videos:read"]);
  expect((await reader(`/v1/videos/${id}`)).status).toBe(200);
  for (const answer of [
    await reader(progress),
    await reader(progress, "PUT", { position: 1 }),
    await reader("/v1/history"),
    await reader("/v1/history", "DELETE"),
  ]) {
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: "insufficient_scope" });
  }

  const watcher = await appOf(user, ["history:read"]);
  expect((await watcher("/v1/history")).status).toBe(200);
  expect((await watcher("/v1/history", "DELETE")).status).toBe(403);
  const writer = await appOf(user, ["history:write"]);
  expect((await writer(progress, "PUT", { position: 1 })).status).toBe(204);
  expect((await writer(progress)).status).toBe(403);
});

test("a token without matching scopes sees only what is public", async () => {
  const user = await signUp("creator");
  const open = await newVideo(user.userId);
  const hidden = await newVideo(user.userId, { visibility: "private" });
  const app = await appOf(user, ["history:write"]);
  for (const path of [`/v1/videos/${open}`, "/v1/videos", "/v1/feed", "/v1/search?q=x"])
    expect([path, (await app(path)).status]).toEqual([path, 200]);
  expect((await app(`/v1/videos/${open}/playback`, "POST", {})).status).toBe(200);
  for (const path of [
    `/v1/videos/${hidden}`,
    `/v1/videos/${"A".repeat(22)}`,
    "/v1/videos?creator=me",
  ]) {
    const refused = await app(path);
    expect([path, refused.status]).toEqual([path, 403]);
    expect(await refused.json()).toMatchObject({ code: "insufficient_scope" });
    expect(refused.headers.get("www-authenticate")).toContain('scope="videos:read"');
  }
});
