import { vi } from "vitest";

export const FILE_SERVER = "https://files.example.org";

/** How an external server responds for one path. */
export interface ServedFile {
  bytes?: Uint8Array<ArrayBuffer>;
  etag?: string;
  headers?: Record<string, string>;
  /** Supports ranges. */
  ranges?: boolean;
  /** Does not report the length of the file. */
  chunked?: boolean;
  /** Status to send instead of the file. */
  status?: number;
  location?: string;
}

/**
 * An external file server that replaces the network for `FILE_SERVER`; all other requests pass.
 * @returns the files by path, which can be changed at any time, and the requested ranges
 */
export function serveFiles(): {
  files: Map<string, ServedFile>;
  asked: (string | null)[];
  others: string[];
} {
  const files = new Map<string, ServedFile>();
  const asked: (string | null)[] = [];
  const others: string[] = [];
  const real = globalThis.fetch;
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (url.hostname === "localhost") return real(request);
    if (url.origin !== FILE_SERVER) others.push(url.href);
    const file = url.origin === FILE_SERVER ? files.get(url.pathname) : undefined;
    asked.push(request.headers.get("range"));
    return answer(file ?? { status: 404, bytes: new Uint8Array(9) }, request.headers);
  });
  return { files, asked, others };
}

function answer(file: ServedFile, wanted: Headers): Response {
  const { bytes = new Uint8Array(0), etag, status, location, chunked = false } = file;
  const headers = new Headers({ "content-type": "video/mp4", ...file.headers });
  if (etag) headers.set("etag", etag);
  if (location !== undefined) headers.set("location", location);
  if (status !== undefined) return new Response(bytes, { status, headers });
  const isSame = !wanted.has("if-range") || wanted.get("if-range") === etag;
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(wanted.get("range") ?? "") ?? [];
  if (!file.ranges || !isSame || start === undefined || end === undefined) {
    if (chunked) return new Response(new Blob([bytes]).stream(), { headers });
    headers.set("content-length", String(bytes.byteLength));
    return new Response(bytes, { headers });
  }
  if (Number(start) >= bytes.byteLength) return new Response(null, { status: 416, headers });
  const last = Math.min(Number(end), bytes.byteLength - 1);
  headers.set("content-range", `bytes ${start}-${last}/${bytes.byteLength}`);
  return new Response(bytes.slice(Number(start), last + 1), { status: 206, headers });
}
