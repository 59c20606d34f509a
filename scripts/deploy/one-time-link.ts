import type { Role } from "../../workers/contract/accounts.ts";
import { newId } from "../../workers/domain/id.ts";
import { newSecret, resetIdentifier } from "../../workers/domain/secret.ts";

/** One statement with its parameters, which are text, as Cloudflare's API takes them. */
export interface Statement {
  sql: string;
  params: string[];
}

export interface OneTimeLink {
  /** The token of the page `/reset-password?token=`. No table contains it: the database has only its hash. */
  token: string;
  /** To be run in this order. */
  statements: Statement[];
}

/**
 * An account without a password, and a link to choose one, the same link as in a mail after "Forgot password?". The
 * first administrator therefore needs neither mail nor open sign-up, and nobody else can take the role. An existing
 * account gets the role and the link; older links become invalid.
 */
export async function oneTimeLink(
  account: { email: string; name: string; role: Role },
  lifetimeMs: number,
  now = Date.now(),
): Promise<OneTimeLink> {
  const token = newSecret();
  const email = account.email.toLowerCase();
  const time = String(now);
  return {
    token,
    statements: [
      {
        sql: `INSERT INTO user (id, name, email, email_verified, role, created_at, updated_at)
              VALUES (?, ?, ?, 1, ?, ?, ?)
              ON CONFLICT (email) DO UPDATE SET
                role = excluded.role, email_verified = 1, updated_at = excluded.updated_at`,
        params: [newId(), account.name, email, account.role, time, time],
      },
      {
        sql: "DELETE FROM verification WHERE value = (SELECT id FROM user WHERE email = ?)",
        params: [email],
      },
      {
        sql: `INSERT INTO verification (id, identifier, value, expires_at, created_at, updated_at)
              SELECT ?, ?, id, ?, ?, ? FROM user WHERE email = ?`,
        params: [
          newId(),
          await resetIdentifier(token),
          String(now + lifetimeMs),
          time,
          time,
          email,
        ],
      },
    ],
  };
}
