import { and, eq, sql } from "drizzle-orm";
import { type Catalog, insertFrom, type Statement } from "../client.ts";
import { enqueueEvent } from "../outbox.ts";
import { captions, videos } from "../schema.ts";
import { type VersionFacts, type VersionTrack, videoVersions } from "../transcoding-schema.ts";
import { storageChecks } from "../upkeep-schema.ts";
import type { VideoRow } from "../videos.ts";
import type { VideoVersion } from "./tasks.ts";
import { isVersion, onlyIf } from "./versions.ts";

const JSON_FACTS = ["chapters", "ownChapters"] as const;
const PLAIN_FACTS = [
  "sourceKey",
  "sourceBytes",
  "contentType",
  "fingerprint",
  "duration",
  "width",
  "height",
  "hdr",
  "posterPath",
  "posterAt",
  "uploadedPoster",
  "storyboardPath",
  "previewPath",
  "publication",
] as const;

/** The facts of the version that plays, from its row in `videos`. */
const FACTS_OF_VIDEO = sql`json_object(${sql.join(
  [
    ...PLAIN_FACTS.map((name) => sql`${sql.raw(`'${name}'`)}, ${videos[name]}`),
    ...JSON_FACTS.map((name) => sql`${sql.raw(`'${name}'`)}, json(${videos[name]})`),
  ],
  sql`, `,
)})`;

const TRACKS_OF_VIDEO = sql`(
  SELECT json_group_array(json_object(
    'language', language, 'label', label, 'key', key, 'origin', origin, 'cues', cues, 'revision', revision,
    'updatedAt', updated_at))
  FROM captions WHERE video_id = videos.id)`;

/** The data of a version without any facts: absent facts are null. */
const NO_FACTS = {
  fingerprint: null,
  duration: null,
  chapters: [],
  ownChapters: null,
  width: null,
  height: null,
  posterPath: null,
  posterAt: null,
  uploadedPoster: null,
  storyboardPath: null,
  previewPath: null,
} satisfies VersionFacts;

export interface SwitchedTo {
  version: VideoVersion;
  facts: VersionFacts;
  tracks: readonly VersionTrack[];
}

/**
 * Statements that switch playback to another version, for a separate batch or together with the end of its last task.
 * The previous version is kept if it could be watched.
 * @param video as it was read: if it has changed since, the batch is rolled back
 */
export function switchVersion(
  db: Catalog,
  video: VideoRow,
  { version, facts, tracks }: SwitchedTo,
  now: number,
): Statement[] {
  const { id: videoId } = video;
  const isUnchanged = sql`EXISTS (
    SELECT 1 FROM videos
    WHERE id = ${videoId} AND version = ${video.version} AND revision = ${video.revision}
      AND deleted_at IS NULL)`;
  const before = isVersion({ videoId, version: video.version });
  const kept = { state: "kept" as const, facts: FACTS_OF_VIDEO, tracks: TRACKS_OF_VIDEO };
  const hasOtherSource = facts.sourceKey !== undefined && facts.sourceKey !== video.sourceKey;
  const row = JSON.stringify(tracks);
  const of = (name: string) => sql`value ->> ${sql.raw(`'$.${name}'`)}`;
  return [
    onlyIf(db, isUnchanged),
    insertFrom(
      db,
      videoVersions,
      { videoId, version: video.version, createdAt: sql`videos.created_at`, ...kept },
      sql`videos WHERE id = ${videoId} AND state = 'ready'`,
    ),
    db
      .update(videoVersions)
      .set({
        state: "kept",
        facts: sql`(SELECT ${FACTS_OF_VIDEO} FROM videos WHERE id = ${videoId})`,
        tracks: sql`(SELECT ${TRACKS_OF_VIDEO} FROM videos WHERE id = ${videoId})`,
      })
      .where(and(before, sql`(SELECT state FROM videos WHERE id = ${videoId}) = 'ready'`)),
    db.delete(videoVersions).where(and(before, eq(videoVersions.state, "current"))),
    db
      .update(videos)
      .set({
        ...NO_FACTS,
        ...facts,
        version: version.version,
        state: "ready",
        errorCode: null,
        errorDetail: null,
        revision: sql`revision + 1`,
        updatedAt: now,
      })
      .where(eq(videos.id, videoId)),
    db.delete(captions).where(eq(captions.videoId, videoId)),
    insertFrom(
      db,
      captions,
      {
        videoId,
        language: of("language"),
        label: of("label"),
        key: of("key"),
        origin: of("origin"),
        cues: of("cues"),
        revision: of("revision"),
        updatedAt: of("updatedAt"),
      },
      sql`json_each(${row}) WHERE 1`,
    ),
    db
      .update(videoVersions)
      .set({ state: "current", facts: {}, tracks: [...tracks] })
      .where(isVersion(version)),
    ...(hasOtherSource
      ? [
          db
            .update(storageChecks)
            .set({ sourceSha256: null, sourceCheckedAt: null, problem: null })
            .where(eq(storageChecks.videoId, videoId)),
          enqueueEvent(db, { kind: "hash-source", videoId }, now),
        ]
      : []),
    enqueueEvent(db, { kind: "index-video", videoId }, now),
    enqueueEvent(db, { kind: "sync-downloads", videoId }, now),
  ];
}
