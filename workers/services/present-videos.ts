import type { Video } from "../contract/videos.ts";
import type { Catalog } from "../db/client.ts";
import { type ShownRow, type VideoExtras, videoExtras } from "../db/video-extras.ts";
import { ENCODE_BUDGET_USED } from "../domain/tasks/encode-budget.ts";
import { newId } from "../domain/id.ts";
import { shownProblem } from "../domain/storage-problems.ts";
import { isTranscoding } from "../domain/videos.ts";
import { callerAccount, ANONYMOUS, isAdmin, type Principal } from "../domain/principal.ts";
import { issuePlaybackToken } from "../media/playback-token.ts";
import { hasOpenImages, imageUrls } from "../media/urls.ts";

type TokenEnv = Pick<Env, "PLAYBACK_TOKEN_SECRETS">;

/** How long the image URLs of a video that is not public work: as long as a playback token by default. */
const IMAGE_TOKEN_SECONDS = 7200;

const HIDDEN_BY_MODERATOR = {
  code: "hidden_by_moderator",
  detail: "A moderator has hidden this video. Only you can see it.",
};

const NO_EXTRAS: VideoExtras = {
  creatorName: "",
  captionLanguages: [],
  progress: null,
  heldUntil: null,
  stored: null,
  premiere: false,
};

/**
 * Rows as the API shows them, in their order. The images of a video that is not public need a playback token, which
 * their URLs then contain: pass in only rows that the caller may see.
 * @param caller sees the playback rules of their own videos
 */
export async function presentVideos(
  env: TokenEnv,
  db: Catalog,
  rows: readonly ShownRow[],
  caller: Principal = ANONYMOUS,
): Promise<Video[]> {
  return presentWithExtras(env, rows, await videoExtras(db, rows), caller);
}

/** Like `presentVideos`, with extras that were read together with the rows. */
export function presentWithExtras(
  env: TokenEnv,
  rows: readonly ShownRow[],
  extras: ReadonlyMap<string, VideoExtras>,
  caller: Principal = ANONYMOUS,
): Promise<Video[]> {
  return Promise.all(
    rows.map(async (row) =>
      toVideo(row, extras.get(row.id) ?? NO_EXTRAS, await imageToken(env, row, caller), caller),
    ),
  );
}

async function imageToken(env: TokenEnv, row: ShownRow, caller: Principal): Promise<string | null> {
  if (row.posterPath === null || hasOpenImages(row)) return null;
  const { token } = await issuePlaybackToken(env, {
    videoId: row.id,
    version: row.version,
    sessionId: newId(),
    expiresIn: IMAGE_TOKEN_SECONDS,
    accountId: callerAccount(caller),
    images: true,
  });
  return token;
}

/**
 * The only mapping from a row to the API's form.
 * @param token a playback token for the video, needed for the images of a video that is not public
 */
function toVideo(
  row: ShownRow,
  extras: VideoExtras,
  token: string | null,
  caller: Principal,
): Video {
  const isOwn = caller.kind === "user" && caller.userId === row.ownerId;
  const isManager = isOwn || isAdmin(caller);
  const stored = isManager ? extras.stored : null;
  const images = imageUrls(row, token);
  return {
    id: row.id,
    title: row.title,
    description: row.description,
    category: row.category,
    tags: row.tags,
    people: row.people,
    language: row.language,
    maturityRating: row.maturityRating,
    visibility: row.visibility,
    state: row.state,
    error:
      row.state === "failed" && row.errorCode !== null
        ? { code: row.errorCode, detail: row.errorDetail ?? "" }
        : null,
    creator: { id: row.ownerId, name: extras.creatorName },
    duration: row.duration,
    width: row.width,
    height: row.height,
    hdr: row.hdr,
    captionLanguages: extras.captionLanguages,
    poster: images.poster,
    preview: images.preview,
    views: row.views,
    likes: row.likes,
    seriesId: row.seriesId,
    downloadsEnabled: row.downloadsEnabled,
    encrypted: row.encrypted,
    alwaysEncode: row.alwaysEncode,
    playbackRules: isManager ? row.playbackRules : null,
    source: stored && {
      bytes: stored.bytes,
      sha256: stored.sha256,
      checkedAt: stored.checkedAt === null ? null : iso(stored.checkedAt),
    },
    problem:
      isManager && row.hiddenAt !== null
        ? HIDDEN_BY_MODERATOR
        : stored && shownProblem(stored.problem, stored.repairs > 0 && isTranscoding(row.state)),
    progress: extras.progress,
    waiting:
      isManager && extras.heldUntil !== null && extras.heldUntil > Date.now()
        ? { ...ENCODE_BUDGET_USED, until: iso(extras.heldUntil) }
        : null,
    createdAt: iso(row.createdAt),
    publishedAt: row.publishedAt === null ? null : iso(row.publishedAt),
    publishAt: isManager && row.publishAt !== null ? iso(row.publishAt) : null,
    unpublishAt: isManager && row.unpublishAt !== null ? iso(row.unpublishAt) : null,
    premiere: isManager && extras.premiere,
    updatedAt: iso(row.updatedAt),
  };
}

const iso = (time: number): string => new Date(time).toISOString();
