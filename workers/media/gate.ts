import { catalogReplica } from "../db/client.ts";
import { findVideo } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import { contentType } from "./content-type.ts";
import { deliver, deliverable, preflight, refuse } from "./deliver.ts";
import { DeliveryLog } from "./delivery-log.ts";
import { type GrantClaims, MAX_TOKEN_LENGTH, ownKeys, verifySignature } from "./grant.ts";
import { type Asker, askerOf, compileRules } from "./grant-rules.ts";
import { servedKey } from "./keys.ts";
import { type MediaPath, parseMediaPath, splitToken } from "./media-path.ts";

type MediaRequest = Request<unknown, IncomingRequestCfProperties>;
type MediaContext = Pick<ExecutionContext, "exports" | "waitUntil">;

/** Seconds that a creator's clock may be ahead of ours. */
const CLOCK_SKEW = 60;
/** Longest life of a grant in seconds, so that revocations may be forgotten. */
const MAX_LIFETIME = 86_400;
/** Verified tokens an isolate remembers; each takes about a kilobyte. */
const REMEMBERED = 5000;

interface Verified {
  claims: GrantClaims;
  kid: string;
  /** Null without rules, so that nobody looks at the request for nothing. */
  allows: ((asker: Asker) => boolean) | null;
}

const log = new DeliveryLog();
const verified = new Map<string, Verified>();

/** A token's signature and form are checked once an isolate; its time and its rules on every request. */
async function verify(token: string, env: Env): Promise<Verified> {
  const known = verified.get(token);
  if (known) return known;
  const own = await ownKeys(env);
  const { claims, kid, ownerId } = await verifySignature(
    token,
    (id) => own.byKid.get(id) ?? log.key(id),
  );
  if (claims.exp - claims.iat > MAX_LIFETIME || claims.iat > Date.now() / 1000 + CLOCK_SKEW)
    throw invalidGrant();
  // The one read that a creator's own grant costs, once a token and isolate: whose video is it?
  if (ownerId !== null && (await findVideo(catalogReplica(env), claims.sub))?.ownerId !== ownerId)
    throw invalidGrant();
  const { countries, ipRanges, origins } = claims;
  const hasRules = countries ?? ipRanges ?? origins;
  const entry = { claims, kid, allows: hasRules ? compileRules(claims, env.PUBLIC_ORIGIN) : null };
  if (verified.size >= REMEMBERED) verified.delete(verified.keys().next().value!);
  verified.set(token, entry);
  return entry;
}

const invalidGrant = (): AppError =>
  new AppError("invalid_grant", "This playback grant is not valid for what was asked.");

/** Decides whether the request may have what its path names. @throws AppError on every refusal */
async function authorize(
  request: MediaRequest,
  pathname: string,
  env: Env,
  ctx: MediaContext,
): Promise<MediaPath> {
  const split = splitToken(pathname);
  if (!split || split.token.length > MAX_TOKEN_LENGTH) throw invalidGrant();
  await log.ensureFresh(
    () => catalogReplica(env),
    (promise) => ctx.waitUntil(promise),
  );
  const { claims, kid, allows } = await verify(split.token, env);

  const path = parseMediaPath(split.rest);
  const now = Date.now() / 1000;
  if (path?.videoId !== claims.sub || (claims.ver !== undefined && path.version !== claims.ver))
    throw invalidGrant();
  if (claims.exp <= now)
    throw new AppError("expired_grant", "This playback grant has expired. Ask for a new one.");
  if (claims.nbf !== undefined && claims.nbf > now + CLOCK_SKEW) throw invalidGrant();
  if (log.isRevoked({ videoId: claims.sub, sessionId: claims.sid, kid, issuedAt: claims.iat }))
    throw invalidGrant();
  if (path.kind === "download" && !claims.download) throw invalidGrant();
  if (allows && !allows(askerOf(request, env.PUBLIC_ORIGIN))) throw invalidGrant();
  return path;
}

/** Films to keep are large and rarely fetched twice in one place: read in ranges from R2, past the cache. */
async function download(
  request: Request,
  { videoId, version, path }: MediaPath,
  env: Env,
): Promise<Response> {
  const key = servedKey(videoId, version, path);
  const head = await env.MEDIA.head(key);
  if (!head) return refuse(new AppError("not_found", "There is no such file of this video."));
  return deliver(request, {
    size: head.size,
    etag: head.httpEtag,
    contentType: contentType(path),
    cacheControl: "private, no-store",
    headers: {
      "content-disposition": `attachment; filename="${path.slice(path.lastIndexOf("/") + 1)}"`,
    },
    open: async (range) => {
      const object = await env.MEDIA.get(key, range ? { range } : {});
      if (!object)
        throw new AppError("storage_unavailable", "The file went away while it was being read.");
      return object.body;
    },
  });
}

/** Fetches a whole object through the cached entrypoint, under a URL that names no viewer. */
export async function fetchMedia(
  { videoId, version, path }: MediaPath,
  ctx: MediaContext,
): Promise<Response> {
  return ctx.exports.Media.fetch(`https://media.internal/${videoId}/${version}/${path}`);
}

const SAFE_METHODS = new Set(["GET", "HEAD"]);

/** Answers OPTIONS, and refuses what only writes would ask. @throws AppError method_not_allowed */
export function answerMethod(request: Request): Response | null {
  if (request.method === "OPTIONS") return preflight();
  if (SAFE_METHODS.has(request.method)) return null;
  throw new AppError("method_not_allowed", "Media can only be read.", {
    headers: { allow: "GET, HEAD, OPTIONS" },
  });
}

/**
 * `/media/{token}/{videoId}/{version}/{path}`: lets in who holds a valid grant for exactly this. Cookies and the
 * token stay here; what goes on is the bare path. Every refusal is a problem that tells nothing of the video.
 */
export async function handleMedia(
  request: MediaRequest,
  env: Env,
  ctx: MediaContext,
): Promise<Response> {
  try {
    const answer = answerMethod(request);
    if (answer) return answer;
    const path = await authorize(request, new URL(request.url).pathname, env, ctx);
    if (path.kind === "download") return await download(request, path, env);
    const stored = await fetchMedia(path, ctx);
    if (stored.status !== 200) return refuse(problemOf(stored.status));
    return await deliver(request, deliverable(stored, "private"));
  } catch (error) {
    return refuse(error);
  }
}

/** The entrypoint's refusals carry no more than their status. */
export function problemOf(status: number): AppError {
  return status === 404
    ? new AppError("not_found", "There is no such file of this video.")
    : new AppError("storage_unavailable", "The storage does not answer. Try again.");
}
