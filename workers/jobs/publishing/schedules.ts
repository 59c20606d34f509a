import { catalog, runBatch } from "../../db/client.ts";
import { type DueVideo, dueVideos, followSchedule } from "../../db/schedules.ts";
import { log } from "../../log.ts";
import { relayOutbox } from "../../services/outbox.ts";
import { workOff } from "../work-off.ts";

/** Publishes and unpublishes the videos whose time has come. Followers are notified as after any other change. */
export async function followSchedules(env: Env, now: number): Promise<void> {
  const db = catalog(env);
  let followed = 0;
  await workOff<DueVideo>({
    db,
    step: "schedules",
    next: (limit) => dueVideos(db, now, limit),
    idOf: ({ id }) => id,
    handle: async (due) => {
      await runBatch(db, followSchedule(db, due, now));
      log("video.schedule-followed", { videoId: due.id, isEnding: due.isEnding });
      followed++;
    },
  });
  if (followed > 0) await relayOutbox(env);
}
