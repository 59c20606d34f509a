import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { TokenCreated } from "../../workers/contract/accounts.ts";
import { newId } from "../../workers/domain/id.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { startSession } from "../support/product/session.ts";

const origin = inject("origin");
const account = {
  name: "Cora Keeper",
  email: `${newId().toLowerCase()}@example.com`,
  password: "three bells before the fog",
};

let page: Page;
let personalToken = "";

/** The status of a write, which always looks the token up; a read may use a lookup from up to half a minute before. */
async function statusWith(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${origin}/v1/history`, { method: "DELETE", headers })).status;
}

beforeAll(async () => {
  const api = new ApiClient(origin);
  await api.signIn(account);
  const created = await api.call("POST", "/v1/tokens", {
    name: "Script",
    scopes: ["history:write"],
  });
  personalToken = TokenCreated.parse(created).token;
  page = await openKeptPage({ baseURL: origin });
  page.setDefaultTimeout(120_000);
  await startSession(page, account);
});
afterAll(closeKeptPages);

test("signing out everywhere ends other sessions, and revokes personal tokens only if chosen", async () => {
  await page.goto("/settings/security");
  const devices = page.getByRole("button", { name: "Sign out", exact: true });
  const signOutOthers = page.getByRole("button", { name: "Sign out on all other devices" });
  await devices.first().waitFor();
  await signOutOthers.click();
  await devices.first().waitFor({ state: "detached" });
  expect(await statusWith(personalToken)).toBe(204);

  // The viewer is back on another device.
  await new ApiClient(origin).signIn(account);
  await page.reload();
  await devices.first().waitFor();
  await page.getByLabel("Also revoke all personal access tokens").check();
  await signOutOthers.click();
  await devices.first().waitFor({ state: "detached" });
  await expect.poll(() => statusWith(personalToken), { timeout: 60_000 }).toBe(401);
  await page.getByText("This device").waitFor();
});

test("the reset page asks whether to revoke tokens and apps too, but not those who were invited", async () => {
  const requests: string[] = [];
  await page.route("**/api/auth/reset-password**", (route) => {
    requests.push(new URL(route.request().url()).search);
    return route.fulfill({ json: { status: true } });
  });
  for (const ends of [true, false]) {
    await page.goto("/reset-password?token=a-token-of-a-mail");
    await page.getByLabel("New password").fill("four bells after the fog");
    const choice = page.getByLabel("Also revoke personal access tokens and the access of apps");
    expect(await choice.isChecked()).toBe(true);
    if (!ends) await choice.uncheck();
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("You’ve been signed out on all your devices.").waitFor();
  }
  // Who was invited has no sessions, tokens or apps yet.
  await page.goto("/reset-password?invited=1&token=a-token-of-a-mail");
  await page.getByRole("heading", { name: "Welcome" }).waitFor();
  await page.getByLabel("Password", { exact: true }).fill("four bells after the fog");
  expect(await page.getByRole("checkbox").count()).toBe(0);
  await page.getByRole("button", { name: "Save password" }).click();
  await page.getByRole("heading", { name: "Your account is ready" }).waitFor();
  expect(requests).toEqual(["?revoke=access", "", ""]);
});
