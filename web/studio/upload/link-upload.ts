import { getUpload } from "../../api.ts";
import { abortable, body, v1 } from "../../api-call.ts";
import { ApiError, problemText, toApiError } from "../../api-error.ts";
import { SOURCE_LANGUAGE } from "../../i18n/languages.ts";
import { language, type PlainKey, t } from "../../i18n/translate.ts";
import type { UploadFromUrl } from "../../../workers/contract/uploads.ts";
import { titleFromFilename } from "../../../workers/domain/titles.ts";
import { isTransient } from "./part-queue.ts";
import { callPatiently } from "./part-transport.ts";
import { publishIfWanted } from "./publish-upload.ts";
import { changeEntryOf, changeItem, itemOf } from "./queue-state.ts";
import { forgetTransfer, noteSent } from "./transfer-progress.ts";

const POLL_MS = 2_000;
/** Short, translated versions of the server's details, which are in English only. */
const PROBLEMS: Record<string, PlainKey> = {
  link_refused: "upload.linkRefused",
  link_unreachable: "upload.linkUnreachable",
  link_changed: "upload.linkChanged",
  link_too_slow: "upload.linkTooSlow",
};

/** The name of a file behind a link, until its server says another one. */
export function nameOfLink(link: string): string {
  const { pathname, hostname } = new URL(link);
  const last = pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last) || hostname;
  } catch {
    return last;
  }
}

/** The lines of a text, each a link or other text. */
export function linksIn(text: string): { links: string[]; others: string[] } {
  const lines = new Set(text.split(/\s+/).filter(Boolean));
  const isLink = (line: string) => /^https?:\/\/./i.test(line) && URL.canParse(line);
  const { links = [], others = [] } = Object.groupBy(lines, (line) =>
    isLink(line) ? "links" : "others",
  );
  return { links, others };
}

function reasonOf({ code, detail }: { code: string; detail: string }): string {
  const key = PROBLEMS[code];
  return key && language() !== SOURCE_LANGUAGE ? t(key) : problemText(code, detail);
}

/** Links start one after another: the server checks each file before it responds. */
let last: Promise<unknown> = Promise.resolve();

/** Lets the server read the file of an entry. */
async function begin(key: string, signal: AbortSignal): Promise<void> {
  const entry = itemOf(key)?.entry;
  if (!entry || entry.uploadId !== null || !entry.link) return;
  const { draft, encrypted, alwaysEncode } = entry;
  const upload: UploadFromUrl = {
    url: entry.link,
    ...{ category: draft.category, ...(draft.language && { language: draft.language }) },
    ...{ visibility: "private", encrypted, alwaysEncode },
  };
  // Same for every attempt, so that an attempt whose response is lost creates nothing twice.
  const idempotencyKey = crypto.randomUUID();
  const { id, videoId, filename, contentType, link } = await callPatiently(
    (ended) =>
      body(
        v1.uploads["from-url"].$post(
          { json: upload },
          { headers: { "idempotency-key": idempotencyKey }, ...abortable(ended) },
        ),
      ),
    signal,
  );
  const now = itemOf(key)?.entry ?? entry;
  // A title typed by the creator is kept.
  const isSuggested = now.draft.title === titleFromFilename(now.name);
  const title = isSuggested ? titleFromFilename(filename) : now.draft.title;
  changeEntryOf(key, {
    ...{ uploadId: id, videoId, name: filename, contentType, size: link.size ?? 0 },
    draft: { ...now.draft, title },
  });
  await publishIfWanted(key);
}

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, POLL_MS);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

/**
 * Lets the server read a file from its link, and shows the progress. The server continues when this tab is closed.
 * @param onStored is called when the server has the file
 * @returns when everything is done
 */
export async function followLink(
  key: string,
  signal: AbortSignal,
  onStored: () => void,
): Promise<void> {
  forgetTransfer(key);
  changeItem(key, { state: "waiting", error: null });
  try {
    last = last.catch(() => undefined).then(() => begin(key, signal));
    await last;
  } catch (error) {
    if (signal.aborted) return;
    const { code, message } = toApiError(error);
    const isTransientError = isTransient(error);
    return fail(key, reasonOf({ code, detail: message }), isTransientError);
  }
  const uploadId = itemOf(key)?.entry.uploadId;
  if (!uploadId) return fail(key, t("upload.linkUnknown"));
  while (!signal.aborted) {
    // A request that fails is made again, unless the upload is gone.
    const upload = await getUpload(uploadId, signal).catch((error: unknown) =>
      error instanceof ApiError && error.status === 404
        ? { state: "aborted" as const, size: 0, link: null }
        : null,
    );
    if (signal.aborted) return;
    if (upload?.state === "completed") {
      changeEntryOf(key, { size: upload.size });
      return onStored();
    }
    if (upload && upload.state !== "open") {
      changeEntryOf(key, { uploadId: null, videoId: null, publication: "draft" });
      return fail(key, upload.link?.error ? reasonOf(upload.link.error) : t("upload.linkUnknown"));
    }
    changeItem(key, { state: "reading" });
    if (upload?.link) noteSent(key, upload.link.bytes);
    await pause(signal);
  }
}

function fail(key: string, error: string, isTransientError = false): void {
  const canRetry = Boolean(itemOf(key)?.entry.link);
  changeItem(key, { state: "failed", error, isTransientError, canRetry });
}
