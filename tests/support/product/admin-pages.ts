import type { Page } from "playwright-core";
import { expect, inject } from "vitest";
import type { ADMIN } from "./admin-account.ts";
import { openKeptPage } from "./kept-cache.ts";
import { collectErrors } from "./page-errors.ts";
import { startSession } from "./session.ts";

/** Timeout for the server's background work. */
const TIMEOUT_MS = 180_000;

/** The pages of a test, each with its own account. */
export class AccountPages {
  #errors: (() => string[])[] = [];

  async open(account: typeof ADMIN, width = 1440): Promise<Page> {
    const page = await openKeptPage(
      {
        baseURL: inject("origin"),
        viewport: { width, height: 900 },
        reducedMotion: "reduce",
      },
      account.email,
    );
    page.setDefaultTimeout(TIMEOUT_MS);
    this.#errors.push(collectErrors(page));
    await startSession(page, account);
    return page;
  }

  /** To be called at the end of each test. @throws Error with the first error that a page has thrown */
  expectNoErrors(): void {
    const [first] = this.#errors.flatMap((read) => read());
    this.#errors = [];
    if (first !== undefined) throw new Error(`The page threw: ${first}`);
  }
}

/** Saves the settings of the site and waits until the form shows them as stored. */
export async function saveSettings(page: Page): Promise<void> {
  const stored = page.waitForResponse(
    (response) => response.url().endsWith("/settings") && response.request().method() === "PUT",
  );
  await page.getByRole("button", { name: "Save settings" }).click();
  expect((await stored).status()).toBe(200);
  await page.getByRole("button", { name: "Save settings", disabled: false }).waitFor();
}
