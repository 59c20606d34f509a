import { catalog } from "../../db/client.ts";
import { deleteOldViews, type OldView, oldViews, viewCounterOf } from "../../db/views.ts";
import { viewCounterName } from "../../domain/views.ts";
import { workOff } from "../work-off.ts";

const ROWS_PER_MOVE = 500;

/** Moves the views that version 0.1.0 has counted to the counters, until CATALOG has none left. */
export async function moveViews(env: Pick<Env, "CATALOG" | "VIEWS">): Promise<void> {
  const db = catalog(env);
  await workOff({
    db,
    step: "views",
    next: async () => [...Map.groupBy(await oldViews(db, ROWS_PER_MOVE), counterOf)],
    idOf: ([, rows]) => `${rows[0]!.videoId}/${rows[0]!.sessionId}`,
    handle: async ([, rows]) => {
      await viewCounterOf(env, rows[0]!.videoId).importViews(rows);
      await deleteOldViews(db, rows);
    },
  });
}

const counterOf = ({ videoId }: OldView): string => viewCounterName(videoId);
