import type { Publication } from "../../contract/publications.ts";
import type { Plan } from "../../contract/transcodes.ts";
import { listCaptions } from "../../db/captions.ts";
import type { Catalog, Statement } from "../../db/client.ts";
import { applyPlan } from "../../db/transcoding/outcomes.ts";
import { switchVersion } from "../../db/transcoding/switch-version.ts";
import type { Task, VideoVersion } from "../../db/transcoding/tasks.ts";
import {
  archiveVersions,
  dropVersions,
  findVersion,
  listVersions,
  noteFacts,
  type VersionRow,
} from "../../db/transcoding/versions.ts";
import type { VersionTrack } from "../../db/transcoding-schema.ts";
import { findVideo, type VideoRow } from "../../db/videos.ts";
import { automaticChapters, chaptersOf } from "../../domain/chapters.ts";
import { trackOf } from "../../domain/captions/caption-tracks.ts";
import { readCues, writeWebVtt } from "../../domain/captions/cues.ts";
import {
  editedTime,
  type EditTimeline,
  isKept,
  moveChapters,
  moveCues,
  sourceTime,
  wholeTimeline,
} from "../../domain/edit-timeline.ts";
import { versionsToRetire } from "../../domain/versions.ts";
import { putText, readText } from "../../media/objects.ts";
import { captionPath, captionsKey } from "../../media/storage-keys.ts";
import { findWholeSource, timelineOf } from "../../services/whole-source.ts";
import type { StorageContext } from "../job-context.ts";

/** A replaced file of nearly the same length has the same words at the same times. */
const MAX_LENGTH_DIFFERENCE_SECONDS = 1;

/** The row of a new version in the making next to the current one; null for any other. The first version has none. */
export async function findNextVersion(
  db: Catalog,
  version: VideoVersion,
): Promise<VersionRow | null> {
  const row = version.version === 1 ? null : await findVersion(db, version);
  return row?.state === "encoding" ? row : null;
}

/** `applyPlan` for a version in the making, which takes the poster of the current version; null for any other. */
export async function planNextVersion(
  db: Catalog,
  task: Task,
  plan: Plan,
  now: number,
): Promise<Statement[] | null> {
  const next = await findNextVersion(db, task);
  if (!next) return null;
  const { source } = plan;
  const poster = await posterOf(db, task.videoId, next);
  const tasks = plan.tasks.map((planned) =>
    planned.spec.kind === "images" ? { ...planned, spec: { ...planned.spec, ...poster } } : planned,
  );
  const { width, height, range } = source.video;
  const { duration } = source;
  return [
    ...applyPlan(db, task, { ...plan, tasks }, now),
    noteFacts(db, task, {
      ...{ duration, width, height, hdr: range !== "sdr" },
      ...(!isRestored(next) && { chapters: plan.chapters ?? [] }),
    }),
  ];
}

/** True if a version encodes an archived one again and keeps its captions, chapters and poster. */
const isRestored = ({ facts }: VersionRow): boolean => facts.restores !== undefined;

/** The source of an edited version's poster: the same picture or frame, if it still exists. */
async function posterOf(db: Catalog, videoId: string, next: VersionRow) {
  const { recipe, facts } = next;
  if (isRestored(next)) {
    const { posterAt = null, uploadedPoster } = facts;
    return { posterAt, ...(uploadedPoster && { uploadedPoster }) };
  }
  const video = recipe && (await findVideo(db, videoId));
  if (!video) return {};
  if (video.uploadedPoster !== null) return { uploadedPoster: video.uploadedPoster };
  const edit = await editOf(db, video, recipe);
  if (!edit || video.posterAt === null) return {};
  const at = sourceTime(edit.before, video.posterAt);
  return isKept(edit.after, at) ? { posterAt: editedTime(edit.after, at) } : {};
}

/** The timelines of the current version and of another one of the same file, with the whole file's data. */
async function editOf(db: Catalog, video: VideoRow, recipe: VersionRow["recipe"]) {
  const rows = await listVersions(db, video.id);
  const whole = await findWholeSource(db, video, rows);
  const current = rows.find(({ version }) => version === video.version);
  if (!whole || !current) return null;
  return {
    before: timelineOf(current.recipe, whole.plan),
    after: timelineOf(recipe, whole.plan),
    wholeLine: wholeTimeline(whole.plan.grid.frameRate),
    whole: whole.row,
    current,
  };
}
type Edit = NonNullable<Awaited<ReturnType<typeof editOf>>>;

/** The data that a version takes over from the current one. */
export interface Carried {
  /** For its playlists. */
  shown: Pick<Publication, "captions" | "chapters">;
  /** Statements that make it the playing version. @param publication number of its playlists */
  switchTo: (publication: number) => Statement[];
}

/** Prepares the switch to a version that is about to be ready: its captions are stored, and everything else is computed. */
export async function carryOver(
  context: StorageContext,
  next: VersionRow,
  now: number,
): Promise<Carried> {
  const { db } = context;
  const video = await findVideo(db, next.videoId);
  if (video?.deletedAt !== null) throw new Error(`Video ${next.videoId} is gone.`);
  const { restores, ...noted } = next.facts;
  const { tracks, chapters } = isRestored(next)
    ? { tracks: next.tracks, chapters: { chapters: [], ownChapters: null, ...noted } }
    : await follow(context, video, next, now);
  const facts = { ...noted, ...chapters };
  const shownChapters = chaptersOf({ ...video, ...chapters, duration: facts.duration ?? null });
  const rows = await listVersions(db, video.id);
  const others = rows.filter(
    ({ state, version }) => state !== "encoding" && state !== "failed" && version !== restores,
  );
  const { archived, dropped } = versionsToRetire(
    others.map((row) =>
      row.version === video.version ? { ...row, facts: { sourceKey: video.sourceKey } } : row,
    ),
    facts.sourceKey ?? null,
  );
  const replaced = rows.filter(({ version }) => version === restores);
  return {
    shown: {
      captions: tracks.map(({ language: tag, label, key }) => ({
        ...trackOf(tag),
        name: label,
        path: captionPath(video.id, next.version, key),
      })),
      chapters: shownChapters.length > 0 ? shownChapters : undefined,
    },
    switchTo: (publication) => [
      ...switchVersion(db, video, { version: next, facts: { ...facts, publication }, tracks }, now),
      ...archiveVersions(db, archived, now),
      ...dropVersions(db, [...dropped, ...replaced], now),
    ],
  };
}

/** The captions and chapters of the version that plays, for another one of its file or of another. */
async function follow(context: StorageContext, video: VideoRow, next: VersionRow, now: number) {
  const edit = next.recipe && (await editOf(context.db, video, next.recipe));
  // The one that plays is being repaired: this is tried again.
  if (next.recipe && !edit) throw new Error("The whole file is not ready.");
  if (edit)
    return {
      tracks: await editTracks(context, video, edit, now),
      chapters: editChapters(video, edit),
    };
  return {
    tracks: await replaceTracks(context, video, next, now),
    chapters: { chapters: next.facts.chapters ?? [], ownChapters: video.ownChapters },
  };
}

/** The tracks of the video on the new timeline. Those that came from the whole file are made from it again. */
async function editTracks(
  context: StorageContext,
  video: VideoRow,
  { before, after, wholeLine, whole, current }: Edit,
  now: number,
): Promise<VersionTrack[]> {
  const tracks = await listCaptions(context.db, [video.id]);
  const carried = new Set(current.tracks.map(({ key }) => key));
  return moveTracks(context, video.id, now, tracks, (track) => {
    const first = whole?.tracks.find(({ language }) => language === track.language);
    return whole?.state === "kept" && first && carried.has(track.key)
      ? { key: first.key, before: wholeLine, after }
      : { key: track.key, before, after };
  });
}

/**
 * The tracks for a replacement file: its own tracks, and the uploaded ones if it has the same length as the previous
 * file.
 */
async function replaceTracks(
  context: StorageContext,
  video: VideoRow,
  { tracks: embedded, facts }: VersionRow,
  now: number,
): Promise<VersionTrack[]> {
  const difference = Math.abs((facts.duration ?? 0) - (video.duration ?? 0));
  if (difference > MAX_LENGTH_DIFFERENCE_SECONDS) return embedded;
  const all = await listCaptions(context.db, [video.id]);
  const same = wholeTimeline({ num: 1, den: 1 });
  const uploaded = await moveTracks(
    context,
    video.id,
    now,
    all.filter(({ origin }) => origin === "uploaded"),
    ({ key }) => ({ key, before: same, after: same }),
  );
  const languages = new Set(uploaded.map(({ language }) => language));
  return [...uploaded, ...embedded.filter(({ language }) => !languages.has(language))];
}

interface Move {
  /** The file that is read. */
  key: string;
  before: EditTimeline;
  after: EditTimeline;
}

/** Stores tracks on another timeline, each under its own key. Tracks that become empty are left out. */
async function moveTracks(
  { env }: StorageContext,
  videoId: string,
  now: number,
  tracks: readonly VersionTrack[],
  moveOf: (track: VersionTrack) => Move,
): Promise<VersionTrack[]> {
  const moved: VersionTrack[] = [];
  for (const track of tracks) {
    const { key, before, after } = moveOf(track);
    const text = await readText(env, key);
    // It was lost before; the creator has been informed.
    if (text === null) continue;
    const cues = moveCues(readCues(text).cues, before, after);
    if (cues.length === 0) continue;
    const { language, label } = track;
    const stored = captionsKey(videoId, language, now);
    await putText(env, stored, writeWebVtt(cues), "text/vtt; charset=utf-8");
    moved.push({
      language,
      label,
      key: stored,
      // Manual corrections are kept.
      origin: track.origin === "automatic" ? "automatic" : "uploaded",
      cues: cues.length,
      revision: now,
      updatedAt: now,
    });
  }
  return moved;
}

/**
 * The chapters of an edited version. Times in the description no longer fit, so chapters from the description become an
 * explicit list.
 */
function editChapters(
  video: VideoRow,
  { before, after, wholeLine, whole }: Edit,
): Pick<VideoRow, "chapters" | "ownChapters"> {
  const duration = video.duration ?? 0;
  const wholeVideo = whole?.state === "kept" ? { ...video, ...whole.facts } : video;
  const wholeDuration = wholeVideo.duration ?? 0;
  const shown = chaptersOf(video);
  const first = chaptersOf(wholeVideo);
  // Previously cut parts are restored, unless the list has been changed since.
  const isCarried =
    JSON.stringify(moveChapters(first, wholeDuration, wholeLine, before)) === JSON.stringify(shown);
  const isOwn = video.ownChapters !== null || automaticChapters(video).source === "description";
  const own = isCarried
    ? moveChapters(first, wholeDuration, wholeLine, after)
    : moveChapters(shown, duration, before, after);
  return {
    chapters: moveChapters(wholeVideo.chapters, wholeDuration, wholeLine, after),
    ownChapters: isOwn ? own : null,
  };
}
