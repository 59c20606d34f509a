import { catalog } from "../../db/client.ts";
import { accountsWithOldProgress, moveOldProgress } from "../../db/history.ts";
import { workOff } from "../work-off.ts";

/** Moves positions that were stored in CATALOG by version 0.1.0 into the libraries of their accounts, until none is left. */
export async function moveProgress(env: Pick<Env, "CATALOG" | "LIBRARY">): Promise<void> {
  const db = catalog(env);
  await workOff({
    db,
    step: "progress",
    next: (limit) => accountsWithOldProgress(db, limit),
    idOf: (userId) => userId,
    handle: (userId) => moveOldProgress(env, db, userId),
  });
}
