import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { settled } from "../../scripts/product/site-pages.ts";
import { startSession } from "../support/product/session.ts";
import { violations } from "../support/product/violations.ts";
import {
  DESKTOP,
  PHONE,
  setUpWhiteVideo,
  TIMEOUT_MS,
} from "../support/product/white-video-page.ts";

const { origin, id, newPage } = setUpWhiteVideo();
const PIN = "2580";
const TABLET = { viewport: { width: 820, height: 1180 }, hasTouch: true };

/** Expects no accessibility violation and nothing wider than the window. */
async function expectSound(page: Page): Promise<void> {
  await settled(page);
  expect(await violations(page)).toEqual([]);
  const { width } = page.viewportSize()!;
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
}

const menuOf = (page: Page, name: string) =>
  page.getByRole("button", { name: `Account menu of ${name}` });

test.each([
  ["a laptop", DESKTOP, "light"],
  ["a tablet", TABLET, "dark"],
  ["a phone", PHONE, "dark"],
] as const)(
  "on %s a child's profile is set up, shows only suitable videos, and can be left with the PIN",
  async (device, context, colorScheme) => {
    const slug = device.slice(2);
    const account = {
      name: `Pia ${slug}`,
      email: `pia-${slug}@example.com`,
      password: "seven calm window birds",
    };
    await new ApiClient(origin).signIn(account);
    const page = await newPage({ ...context, colorScheme });
    await startSession(page, account);

    await page.goto("/settings/profiles");
    await page.getByLabel("New PIN").fill(PIN);
    await page.getByRole("button", { name: "Set PIN" }).click();
    await page.getByRole("button", { name: "Change PIN" }).waitFor();
    await page.getByRole("button", { name: "Add a profile" }).click();
    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("Whale").check();
    await page.getByLabel("This is a child’s profile").check();
    await expectSound(page);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Edit Ada" }).waitFor();

    // A new session has no profile yet, so every page asks for one first.
    await page.context().clearCookies();
    await startSession(page, account);
    await page.goto("/history");
    await page.getByRole("heading", { name: "Who’s watching?" }).waitFor();
    await expectSound(page);
    await page.getByRole("button", { name: "Ada Kids" }).press("Enter");
    await menuOf(page, "Ada").waitFor();
    expect(new URL(page.url()).pathname).toBe("/history");

    await page.goto(`/watch/${id()}`);
    await page.getByRole("heading", { name: "Not for every age" }).waitFor();
    await page.goto("/settings");
    await page.getByText("This profile can only watch.").waitFor();
    await expectSound(page);

    await menuOf(page, "Ada").click();
    await page.locator("#account-menu").getByRole("link", { name: "Switch profile" }).click();
    await page.getByRole("button", { name: account.name }).click();
    const dialog = page.getByRole("dialog", { name: "Enter the PIN" });
    await dialog.getByLabel("PIN").fill("0000");
    await dialog.getByLabel("PIN").press("Enter");
    await dialog.getByText("This is not the PIN of your account.").waitFor();
    await expectSound(page);
    await dialog.getByLabel("PIN").fill(PIN);
    await dialog.getByLabel("PIN").press("Enter");
    await menuOf(page, account.name).waitFor();
    await page.goto(`/watch/${id()}`);
    await page.getByRole("heading", { name: "White harbour" }).waitFor();
  },
);

test("a profile has its own language on every device", async () => {
  const account = {
    name: "Leo Lingua",
    email: "leo-lingua@example.com",
    password: "seven calm window birds",
  };
  const api = new ApiClient(origin);
  await api.signIn(account);
  await api.call("POST", "/v1/me/profiles", {
    name: "Oma",
    avatar: "owl",
    siteLanguage: "de",
  });
  const page = await newPage();
  await startSession(page, account);
  await page.goto("/");
  const choice = (on: Page) => on.getByRole("button", { name: "Oma" });
  const other = await page.context().newPage();
  await other.goto("/");
  await choice(other).waitFor({ timeout: TIMEOUT_MS });
  await choice(page).click();
  // The change also applies in the tab that was open.
  for (const on of [page, other])
    await on.getByRole("button", { name: "Kontomenü von Oma" }).waitFor({ timeout: TIMEOUT_MS });
  await page.goto("/profiles");
  await page.getByRole("button", { name: "Leo Lingua", exact: true }).click();
  await menuOf(page, "Leo Lingua").waitFor();
});
