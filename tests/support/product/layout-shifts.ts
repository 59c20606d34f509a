import type { Page, Request } from "playwright-core";
import { vi } from "vitest";
import { settled } from "../../../scripts/product/site-pages.ts";

/** A page's cumulative layout shift must be below this. */
export const MAX_LAYOUT_SHIFT = 0.02;

interface LayoutShift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Node | null }[];
}

/** A shift, in order: when, how much, and what moved. */
interface Shift {
  at: number;
  value: number;
  what: string;
}

/** Shifts closer together than this are one window of CLS, which is no longer than that (https://web.dev/articles/cls). */
const WINDOW_GAP_MS = 1000;
const MAX_WINDOW_MS = 5000;

/** Makes every page that is opened from now on record its layout shifts. */
export async function observeShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: Shift[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as LayoutShift[]) {
        if (entry.hadRecentInput) continue;
        const names = entry.sources.map(({ node }) => {
          const element = node instanceof Element ? node : node?.parentElement;
          return element?.outerHTML.slice(0, 80);
        });
        shifts.push({ at: entry.startTime, value: entry.value, what: names.join(", ") });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** Makes every file come from the server from now on. */
export async function withoutCache(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
}

/** The cumulative layout shift of the open page, and what has moved. */
export async function layoutShiftOf(page: Page): Promise<{ cls: number; moved: string }> {
  const shifts = await page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts);
  let [cls, sum, start, last] = [0, 0, 0, -Infinity];
  for (const { at, value } of shifts) {
    if (at - last > WINDOW_GAP_MS || at - start > MAX_WINDOW_MS) [sum, start] = [0, at];
    sum += value;
    last = at;
    cls = Math.max(cls, sum);
  }
  const moved = shifts.map(({ at, value, what }) => `${Math.round(at)} ms: ${value} ${what}`);
  return { cls, moved: moved.join(" + ") };
}

const TIMEOUT_MS = 60_000;

/** Follows what the page reads from the API from now on. @returns a function that waits until everything is answered */
export function followReads(page: Page): () => Promise<void> {
  const open = new Set<Request>();
  page.on("request", (request) => {
    const isRead = request.method() === "GET" && new URL(request.url()).pathname.startsWith("/v1/");
    if (isRead) open.add(request);
  });
  page.on("requestfinished", (request) => open.delete(request));
  page.on("requestfailed", (request) => open.delete(request));
  return () =>
    vi.waitFor(() => {
      const urls = Array.from(open, (request) => request.url());
      if (urls.length > 0) throw new Error(`The API has not answered ${urls.join(", ")}.`);
    }, TIMEOUT_MS);
}

/** Scrolls like a viewer who reads the page: screen by screen to its end, with everything that loads on the way. */
export async function scrollThrough(page: Page): Promise<void> {
  for (;;) {
    await settled(page);
    const isAtEnd = await page.evaluate(() => {
      const before = scrollY;
      scrollBy({ top: innerHeight * 0.8, behavior: "instant" });
      return scrollY === before;
    });
    if (isAtEnd) return;
  }
}
