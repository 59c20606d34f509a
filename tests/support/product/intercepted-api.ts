import type { Page } from "playwright-core";

// Playwright's `route` would stop every file of the site on its way, and switch the browser's cache off, so that a page loads
// and compiles all of its code again.

/** Long enough for a page to paint its skeleton. */
const SLOW_API_MS = 250;

/** Delays the API's responses. @returns a function that ends that */
export async function answerLate(page: Page): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  session.on("Fetch.requestPaused", ({ requestId }) => {
    const proceed = () => session.send("Fetch.continueRequest", { requestId });
    // The page may have been left meanwhile.
    setTimeout(() => void proceed().catch(() => undefined), SLOW_API_MS);
  });
  await session.send("Fetch.enable", { patterns: [{ urlPattern: "*/v1/*" }] });
  return () => session.detach();
}

/**
 * Modifies the API's responses on their way to the page.
 * @param urlPattern with `*` for any characters
 * @param edit receives the body of a response and the URL that the page has requested
 * @returns a function that ends that
 */
export async function change<T>(
  page: Page,
  urlPattern: string,
  edit: (body: T, url: URL) => T,
): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const urls = new Map<string | undefined, URL>();
  session.on("Fetch.requestPaused", (paused) => {
    const { requestId, networkId, request, responseStatusCode, responseHeaders = [] } = paused;
    // Continues the request, or its failure if another interception has let it fail.
    const proceed = (options = {}) =>
      session.send("Fetch.continueRequest", { requestId, ...options }).catch(() => undefined);
    async function ask(): Promise<void> {
      const url = new URL(request.url);
      urls.set(networkId, new URL(url));
      // The API does not know cursors of the test's own pages.
      url.searchParams.delete("cursor");
      await proceed({ url: url.href, interceptResponse: true });
    }
    async function answer(responseCode: number): Promise<void> {
      const sent = await session.send("Fetch.getResponseBody", { requestId }).catch(() => null);
      if (!sent) return;
      const text = Buffer.from(sent.body, sent.base64Encoded ? "base64" : "utf8").toString();
      // A redirect, or a request that the page has aborted.
      if (text === "") return void proceed();
      const edited = edit(JSON.parse(text) as T, urls.get(networkId) ?? new URL(request.url));
      const body = Buffer.from(JSON.stringify(edited)).toString("base64");
      const options = { requestId, responseCode, responseHeaders: kept(responseHeaders), body };
      await session.send("Fetch.fulfillRequest", options).catch(() => undefined);
    }
    if (paused.responseErrorReason) void proceed();
    else void (responseStatusCode === undefined ? ask() : answer(responseStatusCode));
  });
  await session.send("Fetch.enable", { patterns: [{ urlPattern }] });
  return () => session.detach();
}

/** The headers that are true of another body as well. */
const kept = (headers: { name: string; value: string }[]) =>
  headers.filter(({ name }) => !/^content-(encoding|length)$/i.test(name));
