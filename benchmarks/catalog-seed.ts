import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { drizzle } from "drizzle-orm/d1";
import type { Catalog, Statement } from "../workers/db/client.ts";
import { noteSourceHash } from "../workers/db/storage-checks.ts";
import { archiveRows } from "../workers/db/transcoding/archive.ts";
import { claimTask } from "../workers/db/transcoding/claim.ts";
import { applyPlan } from "../workers/db/transcoding/outcomes.ts";
import { commitResult } from "../workers/db/transcoding/results.ts";
import {
  claimPublication,
  clearMedia,
  publicationNow,
} from "../workers/db/transcoding/publications.ts";
import { type Task, tasksOf } from "../workers/db/transcoding/tasks.ts";
import { getTranscode } from "../workers/db/transcoding/transcodes.ts";
import { insertUpload, markCompleted, type UploadRow } from "../workers/db/uploads.ts";
import { changeVideo, publishedNow } from "../workers/db/videos.ts";
import { isArchivable } from "../workers/domain/tasks/archivable-tasks.ts";
import { newId } from "../workers/domain/id.ts";
import { sourceKey } from "../workers/media/storage-keys.ts";
import { PLAN_TASK, planOf, resultOf } from "./catalog-plan.ts";
import { SqliteD1 } from "./sim/sqlite.ts";

const CAPABILITIES = {
  kinds: ["plan", "remux", "video", "audio", "images", "captions", "download", "finish"] as const,
  codecs: ["h264", "av1", "vp9", "aac", "opus"] as const,
};

/** An upload and its video, as the API makes them. */
export function newRows(ownerId: string, chunks: number, at: number) {
  const [id, uploadId] = [newId(), newId()];
  const size = chunks * 16 * 450_123;
  const upload: UploadRow = {
    id: uploadId,
    videoId: id,
    ownerId,
    filename: "IMG_20260312_152301.mov",
    size,
    contentType: "video/quicktime",
    partSize: 10_485_760,
    partCount: Math.ceil(size / 10_485_760),
    key: sourceKey(id, uploadId),
    fingerprint: null,
    multipartId: randomBytes(110).toString("base64"),
    state: "open",
    etag: null,
    createdAt: at,
    expiresAt: at + 86_400_000,
  };
  const video = {
    id,
    ownerId,
    fingerprint: randomBytes(32).toString("hex"),
    title: "A walk along the river in late autumn",
    description:
      "We walk from the old bridge to the lighthouse and talk about what has changed since last year. Filmed in a day; music by a friend.",
    category: "travel",
    tags: ["river", "autumn", "walking", "lighthouse"],
    language: "en",
    visibility: "public" as const,
    createdAt: at,
    updatedAt: at,
  };
  return { video, upload };
}

export interface Seed {
  db: Catalog;
  sqlite: DatabaseSync;
}

export function openSeed(sqlite: DatabaseSync): Seed {
  return { sqlite, db: drizzle(new SqliteD1(sqlite) as unknown as Parameters<typeof drizzle>[0]) };
}

/** Uploads a video and plans it, through the code of the product. @returns its id */
export async function plannedVideo({ db }: Seed, ownerId: string, chunks: number, at: number) {
  const { video, upload } = newRows(ownerId, chunks, at);
  await insertUpload(db, video, upload);
  const etag = `${randomBytes(16).toString("hex")}-300`;
  await markCompleted(db, upload, { etag }, PLAN_TASK, "not used", at);
  const task = await claim(db, at);
  const plan = planOf(chunks);
  await commitResult(db, task, applyPlan(db, task, plan, at), null, at);
  return video.id;
}

async function claim(db: Catalog, now: number): Promise<Task> {
  const claimed = await claimTask(db, {
    runner: "worker",
    capabilities: { kinds: [...CAPABILITIES.kinds], codecs: [...CAPABILITIES.codecs] },
    slots: 1000,
    fleetSlots: 1000,
    now,
  });
  if (!claimed) throw new Error("There is nothing to claim.");
  return claimed;
}

/** Takes a video from its upload to its archive, through the code of the product. Nothing else may be queued. */
export async function finishedVideo(seed: Seed, ownerId: string, chunks: number, at: number) {
  const { db } = seed;
  const videoId = await plannedVideo(seed, ownerId, chunks, at);
  const version = { videoId, version: 1 };
  for (let left = chunks + 3; left > 0; left--) {
    const task = await claim(db, at);
    const statements: Statement[] = [];
    if (task.kind === "images") {
      const folder = `files/${task.id}.${task.attempt}`;
      const change = {
        posterPath: `${folder}/poster.jpg`,
        storyboardPath: `${folder}/storyboard.vtt`,
        previewPath: `${folder}/preview.mp4`,
      };
      statements.push(...changeVideo(db, version, ["processing"], change, at));
    }
    if (task.kind === "finish") {
      const number = await claimPublication(db, videoId);
      const publication = publicationNow(number);
      const change = { state: "ready" as const, publication, publishedAt: publishedNow(at) };
      statements.push(
        ...changeVideo(db, version, ["processing"], change, at),
        clearMedia(db, task),
      );
    }
    await commitResult(db, task, statements, resultOf(task), at);
  }
  await noteSourceHash(db, videoId, randomBytes(32).toString("hex"), at);
  return videoId;
}

/** The sweep's work an hour later. */
export async function archiveVideo({ db }: Seed, videoId: string, at: number): Promise<void> {
  const transcode = await getTranscode(db, { videoId, version: 1 });
  if (!transcode) throw new Error(`Video ${videoId} has no transcode.`);
  const rows = await tasksOf(db, transcode);
  const ids = rows.filter((row) => isArchivable(row, rows, transcode.state)).map(({ id }) => id);
  if (ids.length !== rows.length || !(await archiveRows(db, transcode, ids, at)))
    throw new Error("The tasks of a finished video were not archived.");
}
