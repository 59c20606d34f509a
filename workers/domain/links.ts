import { UNSEEN_CHARACTERS } from "../contract/unseen-text.ts";
import { cutText } from "./cut-text.ts";
import { AppError } from "./errors.ts";

/** Which links to files are read: `public`, on the internet; `local`, for development, any; `off`, none. */
export type LinkPolicy = "public" | "local" | "off";

const MAX_FILENAME_LENGTH = 255;
/** `URL` writes every form of an IPv4 address, as 0x7f.1, in four numbers; IPv6 addresses are in brackets. */
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[.*\])$/;
/** Names that mean something else inside a network than outside (RFC 6761, 6762, 7686, 8375, and ICANN's `internal`). */
const INNER_NAME =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|onion|arpa|test|invalid|example)$/;

const refused = (detail: string) => new AppError("link_refused", detail);

/**
 * The address of a file that the Worker may read. It must name a host on the internet: IP addresses and names of
 * private networks are refused, wherever they lead.
 * @param text as pasted, or as the `Location` of a redirect
 * @param base the URL that redirected here
 * @param ownHost the host of this site, whose pages are not files
 * @throws AppError link_refused
 */
export function readableLink(
  text: string,
  policy: LinkPolicy,
  ownHost: string,
  base?: string,
): string {
  if (policy === "off") throw refused("This site does not read files from links. Upload the file.");
  const address = text.trim();
  if (!URL.canParse(address, base))
    throw refused("This is not the address of a file. A link begins with https://.");
  const url = new URL(address, base);
  url.hash = "";
  const isWeb = url.protocol === "https:" || (policy === "local" && url.protocol === "http:");
  if (!isWeb) throw refused("Only links that begin with https:// are read.");
  if (url.username || url.password)
    throw refused("The link contains a name or a password. Use one that works without.");
  if (url.host === ownHost) throw refused("This link leads back to this site.");
  if (policy === "local") return url.href;
  const host = url.hostname.replace(/\.$/, "");
  if (url.port) throw refused("The link names a port. Only the usual one of https is read.");
  if (ADDRESS.test(host) || !host.includes(".") || INNER_NAME.test(host))
    throw refused("The link must name a server of the internet, not an address or a local one.");
  return url.href;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/**
 * The name that a server gives a file: `Content-Disposition` (RFC 6266; many servers quote badly, which is read all the
 * same), or the end of its address.
 */
export function filenameOfLink(disposition: string | null, url: string): string {
  const header = disposition ?? "";
  const extended = /filename\*\s*=\s*"?utf-8'[^']*'([^;"]+)/i.exec(header)?.[1];
  const quoted = /filename\s*=\s*"((?:\\.|[^"\\])*)"/i
    .exec(header)?.[1]
    ?.replaceAll(/\\(.)/g, "$1");
  const bare = /filename\s*=\s*([^;"]+)/i.exec(header)?.[1];
  const last = new URL(url).pathname.split("/").at(-1) ?? "";
  const names = [extended && decoded(extended.trim()), quoted ?? bare, decoded(last) ?? last];
  const name = names
    .map((each) => each?.split(/[\\/]/).at(-1)?.replaceAll(UNSEEN_CHARACTERS, "_").trim())
    .find((each) => each);
  return name ? cutText(name, MAX_FILENAME_LENGTH) : "video";
}

/** `Content-Range` of a response with a part of a file (RFC 9110, section 14.4); null for anything else. */
export function rangeOfLink(
  header: string | null,
): { start: number; end: number; size: number } | null {
  const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header?.trim() ?? "") ?? [];
  if (start === undefined || end === undefined || size === undefined) return null;
  return { start: Number(start), end: Number(end), size: Number(size) };
}

/**
 * The validator of a file for `If-Range`: a strong ETag, or the time of its last change. Null if the server sends
 * neither: then it is unknown whether parts that are read one after another belong to the same file.
 */
export function validatorOfLink(headers: Pick<Headers, "get">): string | null {
  const etag = headers.get("etag")?.trim();
  if (etag && /^"[^"]*"$/.test(etag)) return etag;
  return headers.get("last-modified")?.trim() || null;
}

/** Whether a later attempt may succeed after this status. */
export function isTemporaryStatus(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

/** The meaning of a link server's response for the creator. The body of the response is never shown. */
export function statusOfLink(status: number): AppError {
  const reason =
    status === 401 || status === 403
      ? "The server of this link does not give the file to everyone. Use a link that works without signing in."
      : status === 404 || status === 410
        ? "There is no file at this link."
        : `The server of this link answered with the status ${status}.`;
  return new AppError("link_unreachable", reason);
}
