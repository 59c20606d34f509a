import { Licenses, type Playback, type PlaybackRequest } from "../contract/playback.ts";
import { catalog, catalogReplica, runBatch } from "../db/client.ts";
import { type Playable, readPlayable } from "../db/playback.ts";
import { isSessionRevoked, sessionRevocation, videoRevocations } from "../db/revocations.ts";
import { noteInvitationUse } from "../db/video-access.ts";
import type { VideoRow } from "../db/videos.ts";
import { issuePlaybackToken, ownKeys, verifySignature } from "../media/playback-token.ts";
import { combineRules } from "../media/playback-token-rules.ts";
import {
  captionPath,
  DASH_MANIFEST_NAME,
  EVENT_FOLDER,
  filesFolder,
  MULTIVARIANT_PLAYLIST_NAME,
  publicationFolder,
} from "../media/storage-keys.ts";
import { imageUrls, mediaUrl } from "../media/urls.ts";
import { trackOf } from "../domain/captions/caption-tracks.ts";
import { chaptersOf } from "../domain/chapters.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { MAX_PLAYBACK_TOKEN_AGE_SECONDS } from "../domain/revocations.ts";
import { callerAccount, type Principal } from "../domain/principal.ts";
import type { Entrance } from "../domain/video-access.ts";
import { countStream, type StreamEnv } from "./streams.ts";
import { admitToVideo, authorizedVideo } from "./authorized-video.ts";
import { isWatchable, offersDownloads } from "../domain/videos.ts";

export type PlaybackEnv = Pick<Env, "CATALOG" | "DRM_LICENSES" | "PLAYBACK_TOKEN_SECRETS"> &
  StreamEnv;

/**
 * How far a replica of the catalogue may be behind. A token that was issued by a replica's state counts as issued so long
 * ago, so that a revocation which the replica did not know ends it.
 */
const MAX_REPLICA_LAG_MS = 30_000;

/**
 * Reads what a playback needs in one round trip: from the nearest replica for viewers without an account. For others,
 * the session is read from the primary at the same time, and they see their own changes there.
 */
export function readPlayableFor(
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  videoId: string,
): Promise<Playable> {
  return readPlayable(isFromReplica(principal) ? catalogReplica(env) : catalog(env), videoId);
}

const isFromReplica = (principal: Principal): boolean => principal.kind === "anonymous";

function downloadsOf(
  { downloads }: Playable,
  url: (path: string) => string,
): Playback["downloads"] {
  return downloads.flatMap(({ id, attempt, spec, result }) => {
    if (spec.kind !== "download" || result?.kind !== "download") return [];
    return {
      format: spec.format,
      url: url(`${filesFolder(id, attempt)}/${result.file}`),
      size: result.bytes,
    };
  });
}

/** All that a player needs for a watchable video, with one playback token. */
function playbackOf(
  video: VideoRow,
  playable: Playable,
  licenses: Licenses,
  issued: Pick<Playback, "token" | "sessionId" | "counted" | "expiresAt" | "expiresIn">,
): Playback {
  const url = (path: string): string => mediaUrl(issued.token, video.id, video.version, path);
  const final = video.state === "ready" ? publicationFolder(video.publication) : null;
  const { poster, storyboard } = imageUrls(video, issued.token);
  return {
    hls: url(`${final ?? EVENT_FOLDER}/${MULTIVARIANT_PLAYLIST_NAME}`),
    dash: final && !video.encrypted ? url(`${final}/${DASH_MANIFEST_NAME}`) : null,
    downloads: offersDownloads(video) ? downloadsOf(playable, url) : [],
    poster,
    storyboard,
    captions: playable.tracks.map(({ language: tag, label, key }) => ({
      ...trackOf(tag),
      label,
      url: url(captionPath(video.id, video.version, key)),
    })),
    licenses,
    chapters: chaptersOf(video),
    ...issued,
  };
}

/**
 * Issues a playback token for a video to the caller.
 * @param reading what was read already for the caller, with `readPlayable` from the primary
 * @throws AppError not_found, not_playable, invalid_playback_token, too_many_streams
 */
export async function createPlayback(
  env: PlaybackEnv,
  principal: Principal,
  videoId: string,
  request: PlaybackRequest,
  reading?: Promise<Playable>,
): Promise<Playback> {
  const playable = await (reading ?? readPlayableFor(env, principal, videoId));
  const { video, entrance } = await admitToVideo(
    catalog(env),
    principal,
    "playback.create",
    playable.row,
  );
  if (!isWatchable(video.state))
    throw new AppError(
      "not_playable",
      `This video is ${video.state}. Try again once it can be played.`,
    );
  return startPlayback(env, principal, { video, playable, entrance }, request);
}

/**
 * For a watchable video that the caller may play, until what lets them in ends.
 * @throws AppError invalid_playback_token, too_many_streams
 */
export async function startPlayback(
  env: PlaybackEnv,
  principal: Principal,
  {
    video,
    playable,
    entrance = null,
  }: { video: VideoRow; playable: Playable; entrance?: Entrance | null },
  { expiresIn: requestedSeconds, rules, renew }: PlaybackRequest,
): Promise<Playback> {
  const { id, version } = video;
  const sessionId = (renew && (await sessionToRenew(env, renew, id))) || newId();
  const { expiresIn, counted } = await countStream(env, principal, {
    sessionId,
    videoId: id,
    expiresIn: Math.min(requestedSeconds, MAX_TOKEN_SECONDS, secondsUntilEnd(entrance)),
  });
  if (entrance?.invitation) await noteUse(env, entrance.invitation);
  const { token, expiresAt } = await issuePlaybackToken(env, {
    videoId: id,
    version,
    sessionId,
    expiresIn,
    accountId: callerAccount(principal),
    download: offersDownloads(video),
    rules: combineRules(video.playbackRules, rules),
    issuedAt: Math.min(issuedAtFor(principal, playable), entrance?.judgedAt ?? Infinity),
  });
  return playbackOf(video, playable, Licenses.parse(JSON.parse(env.DRM_LICENSES)), {
    token,
    sessionId,
    counted,
    expiresAt: expiresAt.toISOString(),
    expiresIn,
  });
}

function secondsUntilEnd(entrance: Entrance | null): number {
  const until = entrance?.until ?? null;
  return until === null ? Infinity : Math.max(1, Math.floor((until - Date.now()) / 1000));
}

/** How exactly creators learn when an invited account has last watched. */
const USE_INTERVAL_MS = 3_600_000;

async function noteUse(
  env: Pick<Env, "CATALOG">,
  { id, lastUsedAt }: NonNullable<Entrance["invitation"]>,
): Promise<void> {
  const now = Date.now();
  if (now - (lastUsedAt ?? 0) >= USE_INTERVAL_MS) await noteInvitationUse(catalog(env), id, now);
}

/** The gate refuses tokens that live longer, counted from when they were issued. */
const MAX_TOKEN_SECONDS = MAX_PLAYBACK_TOKEN_AGE_SECONDS - MAX_REPLICA_LAG_MS / 1000;

/**
 * The time of issue of a token. A replica knows all revocations except those within its lag, so a token is dated back by
 * that lag: a revocation that the replica does not know yet then ends it.
 */
function issuedAtFor(principal: Principal, { revokedAt }: Playable): number {
  const now = Date.now();
  if (!isFromReplica(principal)) return now;
  // Never later than now, or a revocation in the next moment would not end it.
  return Math.min(now, Math.max(now - MAX_REPLICA_LAG_MS, revokedAt + 1));
}

/**
 * The session of one of our playback tokens for this video, expired or not. Null for any other token, such as one whose
 * secret was retired: the player then starts a new session.
 * @throws AppError invalid_playback_token when the session was revoked: it must not renew itself
 */
async function sessionToRenew(
  env: Pick<Env, "CATALOG" | "PLAYBACK_TOKEN_SECRETS">,
  token: string,
  videoId: string,
): Promise<string | null> {
  const verified = await verifySignature(token, await ownKeys(env)).catch(() => null);
  if (verified?.claims.sub !== videoId || verified.claims.images) return null;
  const { sid } = verified.claims;
  if (await isSessionRevoked(catalog(env), videoId, sid))
    throw new AppError("invalid_playback_token", "This playback has ended. Start a new one.");
  return sid;
}

/**
 * Revokes the playback tokens of a video, or of one session, that were issued until now. It takes effect everywhere
 * within a minute.
 */
export async function revokePlayback(
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  videoId: string,
  sessionId?: string,
): Promise<void> {
  const db = catalog(env);
  const operation = sessionId === undefined ? "playback.revoke" : "playback.revoke-session";
  const video = await authorizedVideo(db, principal, operation, videoId);
  const now = Date.now();
  await runBatch(
    db,
    sessionId === undefined
      ? videoRevocations(db, [video.id], now)
      : sessionRevocation(db, video.id, sessionId, now),
  );
}
