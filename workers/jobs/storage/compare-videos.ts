import { runBatch } from "../../db/client.ts";
import { enqueueEvent } from "../../db/outbox.ts";
import { findStorageCheck } from "../../db/storage-checks.ts";
import { log } from "../../log.ts";
import { relayOutbox } from "../../services/outbox.ts";
import { checkVideo } from "./check-video.ts";
import type { JobContext } from "../job-context.ts";

/** For these videos, the whole source is read and its checksum compared. */
const SAMPLED_SOURCES = 1 / 8;

/** Compares videos with their objects. A failure is logged, and the video is compared again in the next round. */
export async function compareVideos(
  context: JobContext,
  ids: readonly string[],
  now: number,
): Promise<void> {
  const { db, env } = context;
  for (const id of ids) {
    await checkVideo(context, id, now).catch((error: unknown) =>
      log("sweep.item-failed", { step: "reconcile", item: id, error }),
    );
    const isHashed = (await findStorageCheck(db, id))?.sourceSha256;
    if (!isHashed || Math.random() < SAMPLED_SOURCES)
      await runBatch(db, [enqueueEvent(db, { kind: "hash-source", videoId: id }, now)]);
  }
  await relayOutbox(env);
}
