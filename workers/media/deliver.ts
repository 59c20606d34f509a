import { AppError } from "../domain/errors.ts";
import { problemResponse } from "../problem.ts";
import { type ByteRange, contentRange, matchesEtag, parseRange } from "./range.ts";

/**
 * Players of any site may read media: what protects it is the grant in the path, and no browser adds a credential
 * of its own. The path must not leak on as a referrer.
 */
const OPEN_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "accept-ranges, content-length, content-range, etag",
  "cross-origin-resource-policy": "cross-origin",
  "timing-allow-origin": "*",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Answers a CORS preflight; it may be remembered for a day. */
const preflight = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...OPEN_HEADERS,
      "access-control-allow-methods": "GET, HEAD, OPTIONS",
      "access-control-allow-headers": "range, if-none-match, if-range",
      "access-control-max-age": "86400",
    },
  });

/** Sends a player elsewhere, this once. */
export const redirect = (location: string): Response =>
  new Response(null, {
    status: 302,
    headers: { ...OPEN_HEADERS, location, "cache-control": "no-store" },
  });

/** The refusal of a request for media: problem+json that names the reason and nothing of the video. */
function refuse(error: unknown): Response {
  const response = problemResponse(error);
  for (const [name, value] of Object.entries(OPEN_HEADERS)) response.headers.set(name, value);
  return response;
}

const SAFE_METHODS = new Set(["GET", "HEAD"]);

/** Serves a read of media; answers OPTIONS, and turns every error into its refusal. */
export async function serveRead(
  request: Request,
  serve: () => Promise<Response>,
): Promise<Response> {
  try {
    if (request.method === "OPTIONS") return preflight();
    if (SAFE_METHODS.has(request.method)) return await serve();
    throw new AppError("method_not_allowed", "Media can only be read.", {
      headers: { allow: "GET, HEAD, OPTIONS" },
    });
  } catch (error) {
    return refuse(error);
  }
}

/** A whole object of which the answer may take a part, or nothing but its headers. */
export interface Deliverable {
  size: number;
  etag: string;
  contentType: string;
  cacheControl: string;
  /** Extra headers, for example Content-Disposition. */
  headers?: Record<string, string>;
  /** Opens the bytes; called at most once. */
  open: (range: ByteRange | undefined) => Promise<BodyInit>;
}

/** Headers of a whole object's 200. */
export const headersOf = ({
  size,
  etag,
  contentType,
  cacheControl,
  headers,
}: Omit<Deliverable, "open">): Record<string, string> => ({
  ...OPEN_HEADERS,
  ...headers,
  "accept-ranges": "bytes",
  "cache-control": cacheControl,
  "content-length": String(size),
  "content-type": contentType,
  etag,
});

/** Answers GET and HEAD, conditional (If-None-Match, If-Range) and ranged requests for a whole object. */
export async function deliver(request: Request, object: Deliverable): Promise<Response> {
  const headers = new Headers(headersOf(object));
  if (matchesEtag(request.headers.get("if-none-match"), object.etag)) {
    // RFC 9110, 15.4.5: no description of a body that is not sent.
    headers.delete("content-type");
    headers.delete("content-length");
    return new Response(null, { status: 304, headers });
  }
  const ifRange = request.headers.get("if-range");
  const asked = ifRange === null || ifRange === object.etag ? request.headers.get("range") : null;
  // RFC 9110, 14.2: Range is for GET alone.
  const range = request.method === "GET" ? parseRange(asked, object.size) : undefined;
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

/** True for a plain GET: the answer is the whole object, whatever the player has of it. */
const wantsWhole = ({ method, headers }: Request): boolean =>
  method === "GET" && !headers.has("range") && !headers.has("if-none-match");

/**
 * Answers with what the Media entrypoint sent. Asked for all of it, the answer goes on as it came: neither a header
 * nor the body passes through JavaScript. A part is cut out of the object in memory: it is a segment, a list or a
 * picture, a few megabytes at most.
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
