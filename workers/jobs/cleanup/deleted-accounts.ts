import {
  accountsToClear,
  forgetDeletedAccount,
  markCleared,
} from "../../db/accounts/deleted-accounts.ts";
import { catalog } from "../../db/client.ts";
import { deleteAccountContents } from "../../services/accounts.ts";
import { dropAudience } from "../views/keep-audience.ts";
import { workOff } from "../work-off.ts";

/** The deletion itself has ended by then, or was interrupted. */
const CLEAR_AFTER_MS = 60_000;
/** No request that was checked before the account was deleted is still under way. */
const FORGET_AFTER_MS = 3_600_000;

/**
 * Deletes the contents of deleted accounts once more: a deletion may have been interrupted after the account itself was
 * deleted, and a request may have stored something in the account's library, which no trigger guards. The caller relays
 * the outbox.
 */
export async function clearDeletedAccounts(env: Env, now: number): Promise<void> {
  const db = catalog(env);
  const times = { clearBefore: now - CLEAR_AFTER_MS, forgetBefore: now - FORGET_AFTER_MS };
  await workOff({
    db,
    step: "accounts",
    next: (limit) => accountsToClear(db, times, limit),
    idOf: ({ id }) => id,
    handle: async ({ id, deletedAt }) => {
      await deleteAccountContents(env, id);
      await dropAudience(env, id);
      if (deletedAt < times.forgetBefore) await forgetDeletedAccount(db, id);
      else await markCleared(db, id, now);
    },
  });
}
