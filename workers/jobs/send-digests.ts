import { catalog } from "../db/client.ts";
import { dueDigests } from "../db/digests.ts";
import { log } from "../log.ts";
import { sendDigest } from "../services/digest.ts";
import { asInvocation } from "../services/invocation.ts";

/** A digest takes some five statements and a call to an object. The next run of the cron goes on. */
const DIGESTS_PER_RUN = 5;

/**
 * Sends the weekly mails that are due, after the upkeep and with statements of its own. One that fails does not stop the
 * others.
 */
export async function sendDigests(env: Env, now = Date.now()): Promise<void> {
  await asInvocation("cron digests", async () => {
    for (const due of await dueDigests(catalog(env), now, DIGESTS_PER_RUN))
      await sendDigest(env, due, now).catch((error: unknown) =>
        log("sweep.item-failed", { step: "digests", item: due.userId, error: String(error) }),
      );
  });
}
