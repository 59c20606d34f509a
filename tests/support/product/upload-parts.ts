import { readFile, writeFile } from "node:fs/promises";
import type { BrowserContext, Page } from "playwright-core";
import { generateSource } from "../../../scripts/product/sample-video.ts";
import { UPLOAD_TIMEOUT_MS } from "./upload-page.ts";

/** Bytes of a part. */
export const PART_BYTES = 8 * 1024 * 1024;
/** Bytes of a file of three parts, of which the last one is small. */
export const SOURCE_BYTES = 2.125 * PART_BYTES;
/** Bytes of a file of two parts, of which the second one is small. */
export const SMALL_SOURCE_BYTES = 1.125 * PART_BYTES;
/** URL pattern of parts in the storage. */
export const PART_URL = /[?&]partNumber=\d+/;

export const partNumberOf = (url: string): number =>
  Number(new URL(url).searchParams.get("partNumber"));

/**
 * Writes a short video, so that its transcode takes no time from other test files, as files of several parts.
 * @param sizes bytes of each file by its path
 */
export async function writeLongFiles(sizes: Record<string, number>): Promise<void> {
  const [first = ""] = Object.keys(sizes);
  await generateSource(first, { seconds: 2, width: 320, height: 180, rate: 15 });
  const video = await readFile(first);
  for (const [path, size] of Object.entries(sizes)) {
    // A box that players ignore. Source: ISO/IEC 14496-12, 8.1.2
    const free = Buffer.alloc(size - video.length);
    free.writeUInt32BE(free.length);
    free.write("free", 4);
    await writeFile(path, Buffer.concat([video, free]));
  }
}

/** Resolves when the server has recorded this part. */
export function partRecorded(part: number, tab: Page) {
  return tab.waitForResponse(
    (response) =>
      response.request().method() === "PUT" &&
      response.url().endsWith(`/parts/${part}`) &&
      response.status() < 300,
    { timeout: UPLOAD_TIMEOUT_MS },
  );
}

/** The numbers of the parts that are sent from now on. */
export function partsSent(tab: Page): number[] {
  const sent: number[] = [];
  tab.on("request", (request) => {
    if (request.method() === "PUT" && PART_URL.test(request.url()))
      sent.push(partNumberOf(request.url()));
  });
  return sent;
}

/** Records the kinds of bodies that pages send with XMLHttpRequest, as for parts, from their next load on. */
export async function noteBodies(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.XMLHttpRequest = class extends XMLHttpRequest {
      override send(body?: Document | XMLHttpRequestBodyInit | null): void {
        const noted = sessionStorage.getItem("bodies") ?? "";
        if (body) sessionStorage.setItem("bodies", `${noted} ${body.constructor.name}`);
        super.send(body);
      }
    };
  });
}
/** Each kind is listed once. */
export async function notedBodies(tab: Page): Promise<string[]> {
  const noted = await tab.evaluate(() => sessionStorage.getItem("bodies"));
  return [...new Set(noted?.trim().split(" "))];
}
