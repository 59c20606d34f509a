import type { Page } from "playwright-core";
import { inject } from "vitest";
import { z } from "zod";
import { ApiClient } from "../../../scripts/api-client.ts";
import { Video } from "../../../workers/contract/videos.ts";

type Account = Parameters<ApiClient["signIn"]>[0];

/** Longer than the minute after which a stalled part is sent again. */
export const UPLOAD_TIMEOUT_MS = 150_000;

export const rowOf = (name: string, tab: Page) => tab.locator(".upload-row", { hasText: name });
export const detailsOf = (name: string, tab: Page) =>
  tab.getByRole("form", { name: `Details of ${name}` });
export const waitForState = (name: string, state: string, tab: Page) =>
  tab
    .locator(`.upload-row[data-state="${state}"]`, { hasText: name })
    .waitFor({ timeout: UPLOAD_TIMEOUT_MS });

/** Waits until the browser has stored everything that it needs to resume this many files after a reload. */
export async function filesKept(count: number, tab: Page): Promise<void> {
  await tab.waitForFunction(
    async (wanted) => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open("kinora-uploads");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error!);
      });
      const kept = await new Promise<number>((resolve) => {
        const request = database.transaction("files").objectStore("files").count();
        request.onsuccess = () => resolve(request.result);
      });
      database.close();
      const uploaded = document.querySelectorAll('.upload-row[data-state="uploaded"]').length;
      return kept + uploaded >= wanted;
    },
    count,
    { timeout: UPLOAD_TIMEOUT_MS },
  );
}

/** Waits until the browser has stored a typed title. */
export async function draftKept(title: string, tab: Page): Promise<void> {
  await tab.waitForFunction(
    (wanted) =>
      new Promise<boolean>((resolve) => {
        const request = indexedDB.open("kinora-uploads");
        request.onsuccess = () => {
          const all = request.result.transaction("entries").objectStore("entries").getAll();
          all.onsuccess = () => {
            request.result.close();
            resolve(JSON.stringify(all.result).includes(wanted));
          };
        };
      }),
    title,
    { timeout: UPLOAD_TIMEOUT_MS },
  );
}

/** Acts as if the files were too large for the browser's storage. */
export async function forgetFiles(tab: Page): Promise<void> {
  await tab.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const request = indexedDB.open("kinora-uploads");
        request.onsuccess = () => {
          const transaction = request.result.transaction("files", "readwrite");
          transaction.objectStore("files").clear();
          transaction.oncomplete = () => {
            request.result.close();
            resolve();
          };
        };
      }),
  );
}

/** Publishes a file and waits until it is uploaded, too. */
export async function publish(name: string, title: string, tab: Page): Promise<void> {
  await detailsOf(name, tab).getByLabel("Title").fill(title);
  await detailsOf(name, tab).getByRole("button", { name: "Publish", exact: true }).click();
  await rowOf(name, tab).getByText("Published", { exact: true }).waitFor();
  await waitForState(name, "uploaded", tab);
}

/** Shows the details of a file if they are hidden. */
export async function openDetails(name: string, tab: Page): Promise<void> {
  const button = rowOf(name, tab).getByRole("button", { name: `Details of ${name}` });
  if ((await button.getAttribute("aria-expanded")) === "false") await button.click();
}

/** Every video of an account, in any state. */
export async function videosOf(account: Account): Promise<Video[]> {
  const api = new ApiClient(inject("origin"));
  await api.signIn(account);
  const response = await api.call("GET", "/v1/videos?creator=me&limit=100");
  return z.object({ items: z.array(Video) }).parse(response).items;
}

/** Without this they would delay the videos of the next test files. */
export async function deleteVideosOf(account: Account): Promise<void> {
  const api = new ApiClient(inject("origin"));
  await api.signIn(account);
  for (const { id } of await videosOf(account)) await api.call("DELETE", `/v1/videos/${id}`);
}
