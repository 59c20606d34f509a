import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { launchBrowser } from "../../scripts/product/browser.ts";
import { settled, WIDTHS } from "../../scripts/product/site-pages.ts";
import { change } from "../support/product/intercepted-api.ts";
import { violations } from "../support/product/violations.ts";

const PROVIDER = { id: "company", name: "Company" };

const cases = WIDTHS.flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
);

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

describe.each(cases)("at $width pixels, $colorScheme", ({ width, colorScheme }) => {
  let page: Page;
  let endOptions: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    const context = await browser.newContext({
      baseURL: inject("origin"),
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion: "reduce",
    });
    page = await context.newPage();
  });
  afterAll(() => page?.context().close());

  /** Opens a page of a deployment without sign-up by email. The stack under test has sign-up open. */
  async function open(path: string, providers: (typeof PROVIDER)[]): Promise<void> {
    const options = { providers, signUp: false, emailVerification: false, passwordReset: false };
    await endOptions?.();
    endOptions = await change(page, "*/v1/sign-in-options", () => options);
    await page.goto(path);
    await page.getByRole("link", { name: "Sign in", exact: true }).first().waitFor();
    await settled(page);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      width,
    );
  }
  const form = () => page.getByLabel("Email").count();
  const button = () => page.getByRole("button", { name: "Continue with Company" }).count();

  test("the sign-up page says that sign-up is closed and shows no form", async () => {
    await open("/sign-up", []);
    await page.getByText("Sign-up is closed.").waitFor();
    expect([await form(), await button()]).toEqual([0, 0]);
  });

  test("the sign-up page offers the identity providers", async () => {
    await open("/sign-up", [PROVIDER]);
    await page.getByRole("button", { name: "Continue with Company" }).waitFor();
    expect([await form(), await button()]).toEqual([0, 1]);
  });

  test("no link leads to the sign-up page", async () => {
    await open("/sign-in", [PROVIDER]);
    await page.getByRole("button", { name: "Continue with Company" }).waitFor();
    expect([await form(), await button()]).toEqual([1, 1]);
    expect(await page.getByRole("link", { name: "Sign up" }).count()).toBe(0);
  });
});
