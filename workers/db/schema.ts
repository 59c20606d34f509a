import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Chapter } from "../contract/chapters.ts";
import { MATURITY_RATINGS } from "../contract/maturity-ratings.ts";
import type { PlaybackRules } from "../contract/playback.ts";

/** Times are integer milliseconds since the epoch, sizes bytes, durations seconds. */
const time = (name: string) => integer(name, { mode: "number" });
const json = <T>(name: string) => text(name, { mode: "json" }).$type<T>();

/**
 * Listed videos. Indexes and queries share this text, since SQLite matches the condition of a partial index by its text.
 */
export const whereListed = sql.raw(
  "visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and published_at is not null",
);
/**
 * Listed videos whose views have grown by an eighth since they were indexed. Without `published_at is not null`, or SQLite
 * could use the indexes of listed videos instead and scan all of them.
 */
export const whereViewsOutdated = sql.raw(
  "visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and views > indexed_views + indexed_views / 8",
);

/**
 * Rated videos that are listed, for viewers with a maturity limit. Without `published_at is not null`, so that their lists
 * never walk over all videos that are not rated.
 */
export const whereRated = sql.raw(
  "visibility = 'public' and +state in ('playable', 'ready') and deleted_at is null and maturity_rating is not null",
);

/** Videos in the bin, of one creator or by age. */
export const whereInBin = sql.raw("deleted_at is not null and erased_at is null");

/** Videos with a time at which they become public or private. One in the bin waits until it is restored. */
export const whereToPublish = sql.raw("publish_at is not null and deleted_at is null");
export const whereToUnpublish = sql.raw("unpublish_at is not null and deleted_at is null");

/** Failed videos by error, for operators. */
export const whereFailed = sql.raw(
  "state = 'failed' and deleted_at is null and error_code is not null",
);

export const videos = sqliteTable(
  "videos",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    title: text("title").notNull(),
    description: text("description").notNull().default(""),
    category: text("category").notNull().default("other"),
    tags: json<string[]>("tags")
      .notNull()
      .default(sql`'[]'`),
    /** Cast and crew, the best known first. */
    people: json<string[]>("people")
      .notNull()
      .default(sql`'[]'`),
    language: text("language"),
    /** The age from which it is suitable; null while its creator has not rated it. */
    maturityRating: text("maturity_rating", { enum: MATURITY_RATINGS }),
    visibility: text("visibility", { enum: ["public", "unlisted", "private"] })
      .notNull()
      .default("private"),
    state: text("state", {
      enum: ["uploading", "queued", "processing", "playable", "ready", "failed"],
    })
      .notNull()
      .default("uploading"),
    errorCode: text("error_code"),
    errorDetail: text("error_detail"),
    /** Content version: a new transcode of the same video (retry after failure, replaced file) counts up. */
    version: integer("version").notNull().default(1),
    /** Number of the newest set of final playlists (`p{n}`); 0 until the first `finish`. */
    publication: integer("publication").notNull().default(0),
    /** The highest such number ever given out: each attempt to write playlists gets its own. */
    publicationClaimed: integer("publication_claimed").notNull().default(0),
    /** Increases with every change that the search index must see; index updates are ordered by it. */
    revision: integer("revision").notNull().default(1),
    sourceKey: text("source_key"),
    sourceBytes: integer("source_bytes").notNull().default(0),
    contentType: text("content_type").notNull().default(""),
    /** The fingerprint by which the creator's browser recognises the uploaded file; null if it sent none. */
    fingerprint: text("fingerprint"),
    duration: real("duration"),
    /** Chapters of the source; those in the description replace them. */
    chapters: json<Chapter[]>("chapters")
      .notNull()
      .default(sql`'[]'`),
    /** The creator's list, which replaces all others; null if there is none. */
    ownChapters: json<Chapter[]>("own_chapters"),
    width: integer("width"),
    height: integer("height"),
    hdr: integer("hdr", { mode: "boolean" }).notNull().default(false),
    /** Paths relative to the version's prefix. */
    posterPath: text("poster_path"),
    posterAt: real("poster_at"),
    /** Revision of the picture that its creator has uploaded and the poster shows; null for a frame of the video. */
    uploadedPoster: text("uploaded_poster"),
    storyboardPath: text("storyboard_path"),
    previewPath: text("preview_path"),
    downloadsEnabled: integer("downloads_enabled", { mode: "boolean" }).notNull().default(false),
    /** The segments are stored encrypted; chosen before the transcode begins. */
    encrypted: integer("encrypted", { mode: "boolean" }).notNull().default(false),
    /** Encode the video even if it is web-ready; chosen before the transcode begins. */
    alwaysEncode: integer("always_encode", { mode: "boolean" }).notNull().default(false),
    /** Where the video may be watched; every playback token for it carries these rules. */
    playbackRules: json<PlaybackRules>("playback_rules")
      .notNull()
      .default(sql`'{}'`),
    views: integer("views").notNull().default(0),
    indexedViews: integer("indexed_views").notNull().default(0),
    /** Logarithm of the views, older ones counting less (workers/db/decayed-count.ts). */
    popularity: real("popularity").notNull().default(0),
    likes: integer("likes").notNull().default(0),
    /** When a moderator hid it: only a moderator can make it visible again. */
    hiddenAt: time("hidden_at"),
    /** The series of its creator that it is an episode of. */
    seriesId: text("series_id"),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
    publishedAt: time("published_at"),
    /** When it becomes public, and when it becomes private again; null once that has happened. */
    publishAt: time("publish_at"),
    unpublishAt: time("unpublish_at"),
    /** When it was moved to the bin: it is gone for everyone, but can be restored until `erasedAt`. */
    deletedAt: time("deleted_at"),
    erasedAt: time("erased_at"),
    /** When an erased video was purged for the last time, after every attempt that might still store something. */
    purgedAt: time("purged_at"),
  },
  (table) => [
    // Each list in each of its orders. Every index ends with the row's number, which orders rows that are equal otherwise.
    index("videos_owner").on(table.ownerId, table.createdAt),
    index("videos_owner_views").on(table.ownerId, table.views),
    index("videos_owner_title").on(table.ownerId, sql`title collate nocase`),
    index("videos_owner_duration").on(
      table.ownerId,
      // Not `coalesce`, since drizzle-kit takes the comma for the end of the column.
      sql`case when duration is null then 0 else duration end`,
    ),
    index("videos_owner_size").on(table.ownerId, table.sourceBytes),
    // The others contain listed videos only.
    index("videos_listed_owner").on(table.ownerId, table.publishedAt).where(whereListed),
    index("videos_listed_owner_views").on(table.ownerId, table.views).where(whereListed),
    index("videos_listed_owner_title")
      .on(table.ownerId, sql`title collate nocase`)
      .where(whereListed),
    index("videos_listed_date").on(table.publishedAt).where(whereListed),
    index("videos_listed_views").on(table.views).where(whereListed),
    index("videos_listed_popularity").on(table.popularity).where(whereListed),
    index("videos_listed_title")
      .on(sql`title collate nocase`)
      .where(whereListed),
    index("videos_listed_category").on(table.category, table.publishedAt).where(whereListed),
    index("videos_category_views").on(table.category, table.views).where(whereListed),
    index("videos_category_title")
      .on(table.category, sql`title collate nocase`)
      .where(whereListed),
    index("videos_rated_date").on(table.publishedAt).where(whereRated),
    index("videos_rated_popularity").on(table.popularity).where(whereRated),
    index("videos_rated_category").on(table.category, table.publishedAt).where(whereRated),
    index("videos_views_outdated").on(table.id).where(whereViewsOutdated),
    index("videos_updated").on(table.updatedAt, table.id),
    index("videos_failed").on(table.errorCode, table.updatedAt).where(whereFailed),
    index("videos_purged")
      .on(table.purgedAt)
      .where(sql`purged_at IS NOT NULL`),
    index("videos_unpurged")
      .on(table.erasedAt)
      .where(sql`erased_at IS NOT NULL AND purged_at IS NULL`),
    index("videos_publish_at").on(table.publishAt).where(whereToPublish),
    index("videos_unpublish_at").on(table.unpublishAt).where(whereToUnpublish),
    index("videos_bin").on(table.ownerId, table.deletedAt, table.id).where(whereInBin),
    index("videos_bin_age").on(table.deletedAt).where(whereInBin),
  ],
);

export const uploads = sqliteTable(
  "uploads",
  {
    id: text("id").primaryKey(),
    videoId: text("video_id").notNull(),
    ownerId: text("owner_id").notNull(),
    filename: text("filename").notNull(),
    size: integer("size").notNull(),
    contentType: text("content_type").notNull(),
    partSize: integer("part_size").notNull(),
    partCount: integer("part_count").notNull(),
    key: text("key").notNull(),
    multipartId: text("multipart_id").notNull(),
    /** The fingerprint by which the client recognises the file. */
    fingerprint: text("fingerprint"),
    state: text("state", { enum: ["open", "completed", "aborted", "expired"] })
      .notNull()
      .default("open"),
    etag: text("etag"),
    createdAt: time("created_at").notNull(),
    expiresAt: time("expires_at").notNull(),
  },
  (table) => [
    index("uploads_owner").on(table.ownerId, table.state),
    index("uploads_expiry").on(table.state, table.expiresAt),
    index("uploads_video").on(table.videoId),
  ],
);

/**
 * The usage of each creator, maintained by triggers on `videos` and `uploads`: an upload must not read all rows of its
 * creator.
 */
export const creatorUsage = sqliteTable(
  "creator_usage",
  {
    ownerId: text("owner_id").primaryKey(),
    /** Videos that are not erased, with those in the bin, and the bytes of their sources. */
    videos: integer("videos").notNull().default(0),
    bytes: integer("bytes").notNull().default(0),
    /** Open uploads, and the bytes that they have announced. */
    openUploads: integer("open_uploads").notNull().default(0),
    openBytes: integer("open_bytes").notNull().default(0),
  },
  (table) => [
    index("creator_usage_bytes").on(table.bytes, table.ownerId),
    index("creator_usage_videos").on(table.videos, table.ownerId),
  ],
);

export const uploadParts = sqliteTable(
  "upload_parts",
  {
    uploadId: text("upload_id").notNull(),
    partNumber: integer("part_number").notNull(),
    etag: text("etag").notNull(),
  },
  (table) => [primaryKey({ columns: [table.uploadId, table.partNumber] })],
);

export const captions = sqliteTable(
  "captions",
  {
    videoId: text("video_id").notNull(),
    /** The tag of the track: its language and kind (domain/captions/caption-tracks.ts). */
    language: text("language").notNull(),
    label: text("label").notNull(),
    key: text("key").notNull(),
    /** `embedded` came with the source, `automatic` from a speech recogniser; `uploaded` replaces both. */
    origin: text("origin", { enum: ["embedded", "automatic", "uploaded"] }).notNull(),
    cues: integer("cues").notNull(),
    revision: integer("revision").notNull(),
    updatedAt: time("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.videoId, table.language] })],
);

/** Responses to POST requests with an Idempotency-Key, kept for a day. */
export const idempotency = sqliteTable(
  "idempotency",
  {
    principal: text("principal").notNull(),
    key: text("key").notNull(),
    requestHash: text("request_hash").notNull(),
    status: integer("status"),
    body: text("body"),
    createdAt: time("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.principal, table.key] }),
    index("idempotency_age").on(table.createdAt),
  ],
);
