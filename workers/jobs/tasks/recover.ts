import { runBatch } from "../../db/client.ts";
import { releaseHeld } from "../../db/encode-usage.ts";
import { noteEnd } from "../../db/runners.ts";
import { promoteDue } from "../../db/transcoding/claim.ts";
import { expiredTasks } from "../../db/transcoding/tasks.ts";
import { FAILURES } from "../../domain/tasks/failures.ts";
import { log } from "../../log.ts";
import { count } from "../../count.ts";
import type { JobContext } from "../job-context.ts";
import { recordFailure } from "./record-failure.ts";
import { workOff } from "../work-off.ts";

/** Tasks whose wait is over, per run of the cron; claims see to some too. */
const PROMOTIONS_PER_RUN = 500;

/** Lets tasks start that waited for a retry, or for the next day of their creator's encode minutes. */
export async function releaseWaiting({ db }: JobContext, now: number): Promise<void> {
  await releaseHeld(db, now);
  await runBatch(db, [promoteDue(db, now, PROMOTIONS_PER_RUN)]);
}

/** Tries tasks again whose lease has expired because their runner or consumer is gone. */
export async function recoverExpired(context: JobContext): Promise<void> {
  const { db } = context;
  await workOff({
    db,
    step: "leases",
    next: (limit) => expiredTasks(db, Date.now(), limit),
    idOf: ({ id, attempt }) => `${id}/${attempt}`,
    handle: async (task) => {
      const { id, videoId, kind, name, attempt, runner } = task;
      count("tasks.ended", { kind, end: "expired", code: "lease_expired" });
      log("task.expired", { id, videoId, name, attempt, runner });
      await recordFailure(context, task, {
        code: "lease_expired",
        detail: FAILURES.lease_expired.sentence,
        permanent: false,
      });
      if (runner !== null) await noteEnd(db, runner, Date.now());
    },
  });
}
