import type { Page } from "playwright-core";

/**
 * Errors that the page's code throws from now on, such as a text whose catalogue is not loaded. Reading them empties
 * the list.
 */
export function collectErrors(page: Page): () => string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  return () => errors.splice(0);
}
