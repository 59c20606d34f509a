import { AppError } from "../domain/errors.ts";
import { SIGNATURE_BYTES } from "../domain/file-signatures.ts";
import { byteSize } from "../domain/byte-size.ts";
import {
  filenameOfLink,
  isTemporaryStatus,
  type LinkPolicy,
  rangeOfLink,
  readableLink,
  statusOfLink,
  validatorOfLink,
} from "../domain/links.ts";
import { hasMediaExtension, mediaTypeOf } from "../domain/uploads.ts";

export type LinkEnv = Pick<Env, "PUBLIC_ORIGIN" | "UPLOAD_LINKS">;

const MAX_REDIRECTS = 5;
/** Timeout until a server starts to respond. */
const TIMEOUT_ANSWER_MS = 20_000;
const TIMEOUT_LOOK_MS = 25_000;
/** Parts of larger files do not fit into memory together with everything else. */
const MAX_STREAMED_BYTES = 30 * 1024 ** 3;

/** The server of a link, or the connection to it, failed. A later attempt may succeed. */
export class LinkInterrupted extends Error {
  override readonly name = "LinkInterrupted";
}

/** The file behind a link, before anything is stored. */
interface LinkedFile {
  url: string;
  filename: string;
  contentType: string;
  /** Null if the server does not send it. */
  size: number | null;
  /** Null if the file has to be read as one stream. */
  validator: string | null;
}

/** A link as this deployment reads it. @throws AppError link_refused */
function linkOf(env: LinkEnv, text: string, base?: string): string {
  const { host } = new URL(env.PUBLIC_ORIGIN);
  return readableLink(text, env.UPLOAD_LINKS as LinkPolicy, host, base);
}

/** One request. The signal ends the body too. */
async function ask(url: string, headers: Headers, signal: AbortSignal): Promise<Response> {
  const unanswered = new AbortController();
  const timer = setTimeout(() => unanswered.abort(), TIMEOUT_ANSWER_MS);
  try {
    return await fetch(url, {
      headers,
      // A redirect could lead to where no link may.
      redirect: "manual",
      signal: AbortSignal.any([signal, unanswered.signal]),
    });
  } catch (cause) {
    throw new LinkInterrupted("The server of this link does not answer.", { cause });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Requests the file behind a link. Redirects are followed if their target would be allowed as a link.
 * @returns an answer with the file or a part of it; 416 for a part that is not there
 * @throws AppError link_refused, link_unreachable
 * @throws LinkInterrupted
 */
export async function openLink(
  env: LinkEnv,
  link: string,
  wanted: Record<string, string>,
  signal: AbortSignal,
): Promise<{ response: Response; url: string }> {
  // A compressed answer would have other bytes, and another length.
  const headers = new Headers({ accept: "*/*", "accept-encoding": "identity", ...wanted });
  headers.set("user-agent", "Kinora (upload from a link)");
  let url = linkOf(env, link);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await ask(url, headers, signal);
    if (response.ok || response.status === 416) return { response, url };
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) {
      if (isTemporaryStatus(response.status))
        throw new LinkInterrupted(
          `The server of this link answered with the status ${response.status}.`,
        );
      throw statusOfLink(response.status);
    }
    url = linkOf(env, location, url);
  }
  throw new AppError("link_unreachable", "This link has too many redirects.");
}

/** The first bytes of a body, which is cancelled. */
async function headOf(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const head = new Uint8Array(SIGNATURE_BYTES);
  if (!body) return head.subarray(0, 0);
  const reader = body.getReader();
  let length = 0;
  try {
    while (length < SIGNATURE_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      head.set(value.subarray(0, SIGNATURE_BYTES - length), length);
      length += value.byteLength;
    }
  } catch (cause) {
    throw new LinkInterrupted("The server of this link broke off.", { cause });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  return head.subarray(0, Math.min(length, SIGNATURE_BYTES));
}

/** The size of the whole file, if the server sends it; a compressed response has another size. */
function announcedSize({ headers }: Response): number | null {
  const encoding = headers.get("content-encoding") ?? "identity";
  const length = headers.get("content-length");
  return encoding === "identity" && length !== null && /^\d+$/.test(length) ? Number(length) : null;
}

/**
 * Checks the file behind a link with a request for its first bytes.
 * @param filename instead of the server's
 * @throws AppError link_refused, link_unreachable, link_too_slow, not_a_video_type, empty_file
 */
export async function lookAtLink(
  env: LinkEnv,
  text: string,
  filename: string | undefined,
  acceptsAudio: boolean,
): Promise<LinkedFile> {
  const link = linkOf(env, text);
  try {
    const range = `bytes=0-${SIGNATURE_BYTES - 1}`;
    const signal = AbortSignal.timeout(TIMEOUT_LOOK_MS);
    const { response, url } = await openLink(env, link, { range }, signal);
    const { headers, status } = response;
    const head = await headOf(response.body);
    const part = status === 206 ? rangeOfLink(headers.get("content-range")) : null;
    const size = part ? part.size : status === 206 ? null : announcedSize(response);
    const said = filenameOfLink(headers.get("content-disposition"), url);
    // The address that was pasted often names the file better than the one it redirects to.
    const own = filenameOfLink(null, link);
    const name = filename ?? [said, own].find((each) => hasMediaExtension(each, true)) ?? said;
    if (size === 0 || status === 416) throw new AppError("empty_file", `${name} is empty.`);
    const type = headers.get("content-type")?.split(";", 1)[0]?.trim() ?? "";
    const contentType = mediaTypeOf({ name, type }, head, acceptsAudio);
    if (contentType === null)
      throw new AppError(
        "not_a_video_type",
        /html/i.test(type)
          ? "This link leads to a web page, not to a video file. Use the link of the file itself."
          : `${name} is not a video. Link to a video file, for example MP4, MOV, MKV or WebM.`,
      );
    const validator = part?.start === 0 ? validatorOfLink(headers) : null;
    if (validator === null && (size ?? 0) > MAX_STREAMED_BYTES)
      throw new AppError(
        "link_too_slow",
        `The server of this link sends files only whole, which works up to ${byteSize(MAX_STREAMED_BYTES)}. Download the file and upload it.`,
      );
    return { url: link, filename: name, contentType, size, validator };
  } catch (error) {
    if (error instanceof LinkInterrupted)
      throw new AppError("link_unreachable", `${error.message} Try again later.`, { cause: error });
    throw error;
  }
}
