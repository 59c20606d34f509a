import { Licenses, type Playback, type PlaybackRequest } from "../contract/playback.ts";
import { catalog, runBatch } from "../db/client.ts";
import { loadPlaybackExtras } from "../db/playback.ts";
import { isSessionRevoked, sessionRevocation, videoRevocation } from "../db/revocations.ts";
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
import { chaptersOf } from "../domain/chapters.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import type { Principal } from "../domain/principal.ts";
import { countStream, type StreamEnv } from "./streams.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { isWatchable, offersDownloads } from "../domain/videos.ts";

export type PlaybackEnv = Pick<Env, "CATALOG" | "DRM_LICENSES" | "PLAYBACK_TOKEN_SECRETS"> &
  StreamEnv;

type Extras = Awaited<ReturnType<typeof loadPlaybackExtras>>;

function downloadsOf(extras: Extras, url: (path: string) => string): Playback["downloads"] {
  return extras.downloads.flatMap(({ id, attempt, spec, result }) => {
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
  extras: Extras,
  licenses: Licenses,
  issued: Pick<Playback, "token" | "sessionId" | "counted" | "expiresAt" | "expiresIn">,
): Playback {
  const url = (path: string): string => mediaUrl(issued.token, video.id, video.version, path);
  const final = video.state === "ready" ? publicationFolder(video.publication) : null;
  const { poster, storyboard } = imageUrls(video, issued.token);
  return {
    hls: url(`${final ?? EVENT_FOLDER}/${MULTIVARIANT_PLAYLIST_NAME}`),
    dash: final && !video.encrypted ? url(`${final}/${DASH_MANIFEST_NAME}`) : null,
    downloads: offersDownloads(video) ? downloadsOf(extras, url) : [],
    poster,
    storyboard,
    captions: extras.tracks.map(({ language, label, key }) => ({
      language,
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
 * @throws AppError not_found, not_playable, invalid_playback_token, too_many_streams
 */
export async function createPlayback(
  env: PlaybackEnv,
  principal: Principal,
  videoId: string,
  request: PlaybackRequest,
): Promise<Playback> {
  const video = await authorizedVideo(catalog(env), principal, "playback.create", videoId);
  if (!isWatchable(video.state))
    throw new AppError(
      "not_playable",
      `This video is ${video.state}. Try again once it can be played.`,
    );
  return startPlayback(env, principal, video, request);
}

/** For a watchable video that the caller may play. @throws AppError invalid_playback_token, too_many_streams */
export async function startPlayback(
  env: PlaybackEnv,
  principal: Principal,
  video: VideoRow,
  { expiresIn: requestedSeconds, rules, renew }: PlaybackRequest,
): Promise<Playback> {
  const db = catalog(env);
  const { id, version } = video;
  const sessionId = (renew && (await sessionToRenew(env, renew, id))) || newId();
  const { expiresIn, counted } = await countStream(env, principal, {
    sessionId,
    videoId: id,
    expiresIn: requestedSeconds,
  });
  const { token, expiresAt } = await issuePlaybackToken(env, {
    videoId: id,
    version,
    sessionId,
    expiresIn,
    download: offersDownloads(video),
    rules: combineRules(video.playbackRules, rules),
  });
  const extras = await loadPlaybackExtras(db, id, version);
  return playbackOf(video, extras, Licenses.parse(JSON.parse(env.DRM_LICENSES)), {
    token,
    sessionId,
    counted,
    expiresAt: expiresAt.toISOString(),
    expiresIn,
  });
}

/**
 * The session of one of our playback tokens for this video, expired or not. Null for any other token, such as one whose
 * secret was retired: the player then begins a new session.
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

/** Revokes the playback tokens of a video, or of one session, that were issued until now; everywhere within a minute. */
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
      ? videoRevocation(db, video.id, now)
      : sessionRevocation(db, video.id, sessionId, now),
  );
}
