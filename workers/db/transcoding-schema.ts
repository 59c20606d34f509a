import { sql } from "drizzle-orm";
import {
  customType,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import type { EditRecipe, VersionState } from "../contract/versions.ts";
import type { RenditionOutput, TaskKind, TaskResult, TaskSpec } from "../contract/transcodes.ts";
import type { Lane } from "../domain/tasks/lanes.ts";
import type { captions, videos } from "./schema.ts";
import { compressedPlan } from "./compressed-plan.ts";
import { PRIORITIES, STAGES } from "../domain/tasks/task-order.ts";

/** Tables of transcoding. Times are integer milliseconds since the epoch, durations seconds. */
const time = (name: string) => integer(name, { mode: "number" });
const json = <T>(name: string) => text(name, { mode: "json" }).$type<T>();

/** One of `values`, stored as its position: SQL compares and sorts in the order of the list. */
function ordinal<T extends string>(name: string, values: readonly T[]) {
  return customType<{ data: T; driverData: number }>({
    dataType: () => "integer",
    toDriver: (value) => values.indexOf(value),
    fromDriver: (position) => {
      const value = values[position];
      if (value === undefined) throw new Error(`Column ${name} has no value ${position}.`);
      return value;
    },
  })(name);
}

/** Ended transcodes that the sweep has not seen. Index and query share this text, by which SQLite matches them. */
export const whereUnswept = sql.raw("swept_at is null and state in ('done', 'failed')");

/** One row per video version, which the scheduler reads first. */
export const transcodes = sqliteTable(
  "transcodes",
  {
    videoId: text("video_id").notNull(),
    version: integer("version").notNull(),
    ownerId: text("owner_id").notNull(),
    /** `active` while any task is open; then `done` or `failed`. `paused` while the video is in the bin. */
    state: text("state", { enum: ["active", "paused", "done", "failed"] })
      .notNull()
      .default("active"),
    /** Tasks of this stage may start; it moves on when all of the earlier ones are done. */
    stage: ordinal("stage", STAGES)
      .notNull()
      .default(sql`0`),
    sourceKey: text("source_key").notNull(),
    /** Without its tasks, which have their own rows. */
    plan: compressedPlan("plan"),
    /** The wrapped key of the segments (media/content-key.ts); null where they are stored unencrypted. */
    contentKey: text("content_key"),
    /** Id of the request that started it (trace.ts), for the log. */
    requestId: text("request_id"),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
    /** When the objects that losing attempts had stored were deleted, and the rows of its tasks moved to the archive. */
    sweptAt: time("swept_at"),
    /** Number of the newest archive of ended tasks (media/task-archive.ts); 0 without one. */
    archive: integer("archive").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.videoId, table.version] }),
    index("transcodes_unswept").on(table.updatedAt).where(whereUnswept),
  ],
);

/**
 * The versions of videos that were edited or whose file was replaced; others have none. The one that plays has its facts in
 * `videos`, where they are always current.
 */
export const videoVersions = sqliteTable(
  "video_versions",
  {
    videoId: text("video_id").notNull(),
    version: integer("version").notNull(),
    state: text("state").$type<VersionState>().notNull(),
    /** Null for the whole file. */
    recipe: json<EditRecipe>("recipe"),
    /** Its data: for a version in the making, what is known so far; for a kept or archived one, all that `videos` had. */
    facts: json<VersionFacts & Restoration>("facts").notNull(),
    /** The caption tracks of a kept or archived one; of the one that plays those that it began with. */
    tracks: json<VersionTrack[]>("tracks")
      .notNull()
      .default(sql`'[]'`),
    errorCode: text("error_code"),
    errorDetail: text("error_detail"),
    createdAt: time("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.videoId, table.version] })],
);

/** Columns of `videos` that each version has of its own. */
export type VersionFacts = Partial<
  Pick<
    typeof videos.$inferSelect,
    | "sourceKey"
    | "sourceBytes"
    | "contentType"
    | "fingerprint"
    | "duration"
    | "chapters"
    | "ownChapters"
    | "width"
    | "height"
    | "hdr"
    | "posterPath"
    | "posterAt"
    | "uploadedPoster"
    | "storyboardPath"
    | "previewPath"
    | "publication"
  >
>;
/** The number of the archived version that this one encodes again. */
interface Restoration {
  restores?: number;
}
export type VersionTrack = Omit<typeof captions.$inferSelect, "videoId">;

export const tasks = sqliteTable(
  "tasks",
  {
    id: text("id").primaryKey(),
    videoId: text("video_id").notNull(),
    version: integer("version").notNull(),
    ownerId: text("owner_id").notNull(),
    kind: text("kind").$type<TaskKind>().notNull(),
    name: text("name").notNull(),
    stage: ordinal("stage", STAGES).notNull(),
    priority: ordinal("priority", PRIORITIES).notNull(),
    /** domain/tasks/lanes.ts */
    lane: text("lane").$type<Lane>().notNull(),
    /** When its transcode was created: the oldest goes first. */
    since: time("since").notNull(),
    state: text("state", { enum: ["queued", "running", "done", "dead"] })
      .notNull()
      .default("queued"),
    /** Kept by triggers: queued, not waiting for `notBefore`, and of the stage that its active transcode is in. */
    runnable: integer("runnable", { mode: "boolean" }).notNull().default(false),
    /** Fence: every claim increases it, and only the holder of the newest attempt may write. */
    attempt: integer("attempt").notNull().default(0),
    /** Failures that count against the limit. */
    failures: integer("failures").notNull().default(0),
    /** Consecutive attempts that were interrupted through no fault of the task; they do not count as failures. */
    interruptions: integer("interruptions").notNull().default(0),
    /** Runners on which it failed or was interrupted. */
    avoid: json<string[]>("avoid"),
    /** 0 as soon as it may run; `promoteDue` sees to it. */
    notBefore: time("not_before").notNull().default(0),
    leaseUntil: time("lease_until"),
    /** Id of the runner that holds it. */
    runner: text("runner"),
    progress: real("progress").notNull().default(0),
    errorCode: text("error_code"),
    errorDetail: text("error_detail"),
    spec: json<TaskSpec>("spec").notNull(),
    /** The output that a running task has stored so far, by rendition, with its attempt. */
    partial: json<{ attempt: number; outputs: Record<string, RenditionOutput> }>("partial"),
    result: json<TaskResult>("result"),
    createdAt: time("created_at").notNull(),
    startedAt: time("started_at"),
    finishedAt: time("finished_at"),
  },
  (table) => [
    uniqueIndex("tasks_name").on(table.videoId, table.version, table.name),
    index("tasks_next").on(table.videoId, table.version, table.state, table.stage, table.priority),
    index("tasks_lane")
      .on(table.ownerId, table.lane, table.since, table.priority)
      .where(sql`runnable = 1`),
    index("tasks_waiting")
      .on(table.notBefore)
      .where(sql`state = 'queued' AND not_before > 0`),
    index("tasks_lease")
      .on(table.leaseUntil)
      .where(sql`state = 'running'`),
    index("tasks_runner")
      .on(table.runner)
      .where(sql`runner IS NOT NULL`),
    index("tasks_dead")
      .on(table.errorCode, table.finishedAt)
      .where(sql`state = 'dead'`),
  ],
);

/**
 * The best runnable task of each creator in each lane: what a claim reads. Kept by triggers on `tasks`, as the next two
 * tables are (docs/decisions/510-bounded-claims.md).
 */
export const lanes = sqliteTable(
  "lanes",
  {
    ownerId: text("owner_id").notNull(),
    lane: text("lane").$type<Lane>().notNull(),
    /** Tasks of the creator, of any lane, that run on a runner. */
    running: integer("running").notNull(),
    /** Creation time of its best task; NULL only briefly, inside a trigger. */
    since: time("since"),
    priority: ordinal("priority", PRIORITIES),
    /** The creator's encode minutes of the day are used up. */
    held: integer("held", { mode: "boolean" }).notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.lane] }),
    index("lanes_next")
      .on(table.lane, table.running, table.since, table.priority, table.ownerId)
      .where(sql`held = 0`),
  ],
);

/** Creators with runnable or running tasks. */
export const creatorQueues = sqliteTable("creator_queues", {
  ownerId: text("owner_id").primaryKey(),
  running: integer("running").notNull().default(0),
});

/** One row of totals. */
export const scheduler = sqliteTable("scheduler", {
  id: integer("id").primaryKey(),
  creators: integer("creators").notNull().default(0),
  /** Tasks that run on a runner. */
  running: integer("running").notNull().default(0),
});
