import { AppError } from "../domain/errors.ts";
import { problemResponse } from "../problem.ts";
import { loggablePath, newRequestId, traced } from "../trace.ts";
import { type ByteRange, contentRange, matchesEtag, parseRange } from "./range.ts";

/**
 * Pages of any origin may read media: the playback token in the path protects it, and browsers add no credential of their
 * own. The path must not leak as a referrer.
 */
const OPEN_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "accept-ranges, content-length, content-range, etag",
  "cross-origin-resource-policy": "cross-origin",
  "timing-allow-origin": "*",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Answers a CORS preflight. Browsers may cache it for a day. */
function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...OPEN_HEADERS,
      "access-control-allow-methods": "GET, HEAD, OPTIONS",
      "access-control-allow-headers": "range, if-none-match, if-range",
      "access-control-max-age": "86400",
    },
  });
}

/** A redirect that must not be cached, because the next one may lead elsewhere. */
export function redirect(location: string): Response {
  return new Response(null, {
    status: 302,
    headers: { ...OPEN_HEADERS, location, "cache-control": "no-store" },
  });
}

/** Turns an error into problem+json that names the reason and reveals nothing about the video. */
function refuse(error: unknown): Response {
  const response = problemResponse(error);
  for (const [name, value] of Object.entries(OPEN_HEADERS)) response.headers.set(name, value);
  return response;
}

const SAFE_METHODS = new Set(["GET", "HEAD"]);

/** Serves GET and HEAD with `serve`, answers OPTIONS, and turns every error into problem+json. */
export async function serveRead(
  request: Request,
  serve: () => Promise<Response>,
): Promise<Response> {
  try {
    if (request.method === "OPTIONS") return preflight();
    if (SAFE_METHODS.has(request.method)) return await serve();
    throw new AppError("method_not_allowed", "Media is read-only.", {
      headers: { allow: "GET, HEAD, OPTIONS" },
    });
  } catch (error) {
    const invocation = `${request.method} ${loggablePath(new URL(request.url).pathname)}`;
    return traced({ requestId: newRequestId(), invocation }, () => refuse(error));
  }
}

/** A whole object. The response may hold all of it, a part, or only its headers. */
export interface Deliverable {
  size: number;
  etag: string;
  contentType: string;
  cacheControl: string;
  /** Extra headers, for example Content-Disposition. */
  headers?: Record<string, string>;
  /** Opens the body; called at most once. */
  open: (range: ByteRange | undefined) => Promise<BodyInit>;
}

/** Headers of a 200 response with the whole object. */
export function headersOf({
  size,
  etag,
  contentType,
  cacheControl,
  headers,
}: Omit<Deliverable, "open">): Record<string, string> {
  return {
    ...OPEN_HEADERS,
    ...headers,
    "accept-ranges": "bytes",
    "cache-control": cacheControl,
    "content-length": String(size),
    "content-type": contentType,
    etag,
  };
}

/** Answers GET and HEAD, conditional (If-None-Match, If-Range) and ranged requests for a whole object. */
export async function deliver(request: Request, object: Deliverable): Promise<Response> {
  const headers = new Headers(headersOf(object));
  if (matchesEtag(request.headers.get("if-none-match"), object.etag)) {
    // RFC 9110, 15.4.5: no metadata of a body that is not sent.
    headers.delete("content-type");
    headers.delete("content-length");
    return new Response(null, { status: 304, headers });
  }
  const ifRange = request.headers.get("if-range");
  const requested =
    ifRange === null || ifRange === object.etag ? request.headers.get("range") : null;
  // RFC 9110, 14.2: Range applies to GET only.
  const range = request.method === "GET" ? parseRange(requested, object.size) : undefined;
  if (range === null) {
    const error = new AppError("range_not_satisfiable", `The file has ${object.size} bytes.`, {
      headers: { "content-range": `bytes */${object.size}` },
    });
    return refuse(error);
  }
  if (request.method === "HEAD") return new Response(null, { headers });
  const body = await object.open(range);
  if (!range) return new Response(body, { headers });
  headers.set("content-length", String(range.length));
  headers.set("content-range", contentRange(range, object.size));
  return new Response(body, { status: 206, headers });
}

/** True for a GET without conditions: the response is the whole object. */
export function wantsWhole({ method, headers }: Request): boolean {
  return method === "GET" && !headers.has("range") && !headers.has("if-none-match");
}

/**
 * Answers with the response of the Media entrypoint. A request for the whole object gets it unchanged: neither headers
 * nor body pass through JavaScript. A range is cut out of the object in memory: a segment, playlist or image has at
 * most a few megabytes.
 */
export async function passOn(request: Request, stored: Response): Promise<Response> {
  if (wantsWhole(request)) return stored;
  const header = (name: string): string => stored.headers.get(name) ?? "";
  return deliver(request, {
    size: Number(header("content-length")),
    etag: header("etag"),
    contentType: header("content-type"),
    cacheControl: header("cache-control"),
    open: async (range) => {
      if (!range) return stored.body!;
      return new Uint8Array(await stored.arrayBuffer(), range.offset, range.length);
    },
  });
}

/**
 * Compresses a whole object if the client accepts it: Cloudflare does not compress playlists and captions
 * (developers.cloudflare.com/speed/optimization/content/compression), and Apple's authoring specification asks for gzip
 * (10.1). The runtime encodes the body as its header says. The ETag becomes weak, because the bytes differ (RFC 9110,
 * 8.8.3.3).
 */
export function compressed(request: Request, response: Response): Response {
  const accepts = /(?:^|,)\s*gzip\s*(?:$|,|;\s*q=(?!0(?:\.0*)?(?:$|,)))/i;
  if (response.status !== 200 || response.body === null) return response;
  if (!accepts.test(request.headers.get("accept-encoding") ?? "")) return response;
  const result = new Response(response.body, response);
  result.headers.append("vary", "accept-encoding");
  result.headers.set("content-encoding", "gzip");
  result.headers.set("etag", `W/${response.headers.get("etag") ?? ""}`);
  result.headers.delete("content-length");
  result.headers.delete("accept-ranges");
  return result;
}
