import { catalog } from "../../db/client.ts";
import { dueDigests } from "../../db/digests.ts";
import { sendDigest } from "../../services/digest.ts";
import { workOff } from "../work-off.ts";

/** Sends the weekly mails that are due. */
export async function sendDigests(env: Env, now: number): Promise<void> {
  const db = catalog(env);
  await workOff({
    db,
    step: "digests",
    next: (limit) => dueDigests(db, now, limit),
    idOf: ({ userId }) => userId,
    handle: (due) => sendDigest(env, due, now),
  });
}
