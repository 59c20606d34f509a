import type { Page } from "playwright-core";
import { expect, inject } from "vitest";

/** The entry in the browser's storage by which the site knows that there is a session (web/access-token.ts). */
const SIGNED_IN_KEY = "kinora.signed-in";

/**
 * Signs a page in like the site's form, but without the two pages that it takes: processor time is what the tests in a
 * browser have least of. Open a page of the site next.
 */
export async function startSession(
  page: Page,
  { email, password }: { email: string; password: string },
): Promise<void> {
  const origin = inject("origin");
  const options = { headers: { origin }, data: { email, password } };
  const response = await page.context().request.post(`${origin}/api/auth/sign-in/email`, options);
  expect(response.status()).toBe(200);
  // A file of the site without scripts.
  await page.goto(`${origin}/favicon.svg`);
  await page.evaluate((key) => localStorage.setItem(key, "1"), SIGNED_IN_KEY);
}
