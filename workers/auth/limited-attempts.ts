import { countAttempt } from "../db/accounts/attempts.ts";
import { accountOfEmail } from "../db/accounts/accounts.ts";
import { catalog } from "../db/client.ts";
import { networkOf } from "../domain/audit.ts";
import { recordAudit } from "../services/audit.ts";

const HOUR_MS = 3_600_000;
/** Limit for the whole site, so that a distributed attack does not fill the audit log. */
const LIMITED_ACTS_PER_HOUR = 200;
const MAX_PATH_CHARACTERS = 60;

const NOBODY = { id: null, role: "anonymous" };

/** Records once per hour and network that it guesses passwords or codes, or sends mail to many addresses. */
export async function recordLimitedAddress(env: Env, address: string, path: string): Promise<void> {
  const db = catalog(env);
  if ((await countAttempt(db, `audit|limited|${networkOf(address)}`, HOUR_MS)) > 1) return;
  if ((await countAttempt(db, "audit|limited", HOUR_MS)) > LIMITED_ACTS_PER_HOUR) return;
  const after = { path: path.slice(0, MAX_PATH_CHARACTERS) };
  await recordAudit(env, { action: "auth.address-limited", actor: NOBODY, after, address });
}

/**
 * Records that there were too many attempts at an account, from any address. Does nothing for an address without an
 * account.
 */
export async function recordAttackedAccount(env: Env, email: string, path: string): Promise<void> {
  const db = catalog(env);
  const id = await accountOfEmail(db, email);
  if (id === null) return;
  await recordAudit(env, {
    action: "auth.account-limited",
    actor: NOBODY,
    target: { kind: "accounts", id },
    after: { path },
  });
}
