import type { Invitation, InvitationCreate, InvitationCreated } from "../contract/invitations.ts";
import { noteAct } from "../audit-note.ts";
import {
  deleteInvited,
  findInvitation,
  hasAccount,
  insertInvitation,
  type InvitationRow,
  listInvitations,
} from "../db/accounts/invitations.ts";
import { catalog } from "../db/client.ts";
import { authorizeResource } from "../domain/access.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { LIMITS } from "../domain/limits.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { newSecret, resetIdentifier } from "../domain/secret.ts";
import { log } from "../log.ts";
import { type Mail, mailerOf, mailSettings } from "./mailer.ts";

const LIFETIME_DAYS = 7;
const LIFETIME_MS = LIFETIME_DAYS * 86_400_000;

/** Open invitations, newest first. */
export async function allInvitations(env: Pick<Env, "CATALOG">): Promise<Invitation[]> {
  return (await listInvitations(catalog(env))).map(presentInvitation);
}

/**
 * Creates an account with a role for someone else, and a link with which they choose its password. The link is a
 * password reset link that works for a week. It is mailed if the deployment has mail.
 * @throws AppError conflict when the address has an account, limit_reached
 */
export async function invite(
  env: Env,
  principal: Principal,
  { email, role }: InvitationCreate,
): Promise<InvitationCreated> {
  const db = catalog(env);
  const now = Date.now();
  const token = newSecret();
  const row = await insertInvitation(db, {
    ...{ id: newId(), name: email.split("@")[0] ?? email, email, role },
    ...{ createdAt: now, expiresAt: now + LIFETIME_MS },
    verification: { id: newId(), identifier: await resetIdentifier(token) },
  });
  if (!row)
    throw (await hasAccount(db, email))
      ? new AppError("conflict", "This address already has an account. Change its role instead.")
      : new AppError(
          "limit_reached",
          `A site can have ${LIMITS.invitations} open invitations. Revoke one first.`,
        );
  noteAct({ target: { kind: "invitations", id: row.id }, after: { role } });
  log("account.invited", { id: row.id, role, by: signedIn(principal).userId });
  const url = `${env.PUBLIC_ORIGIN}/reset-password?invited=1&token=${token}`;
  const mailer = mailerOf(mailSettings(env));
  await mailer?.send(invitationMail(env.PRODUCT_NAME, email, url));
  return { ...presentInvitation(row), url, isMailed: mailer !== null };
}

/** Ends an invitation: its link does not work any more. @throws AppError not_found, also once it was accepted */
export async function revokeInvitation(
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  id: string,
): Promise<void> {
  const db = catalog(env);
  const row = await findInvitation(db, id);
  const invitation = row && { ownerId: "", visible: false };
  authorizeResource(principal, "invitations.revoke", invitation, "invitation");
  noteAct({ before: { role: row?.role } });
  await deleteInvited(db, id);
  log("account.invitation-revoked", { id, by: signedIn(principal).userId });
}

function invitationMail(product: string, to: string, url: string): Mail {
  return {
    to,
    subject: `You are invited to ${product}`,
    text: `Somebody who runs ${product} has made an account for you. Open this link to choose a password:\n\n${url}\n\nThe link can be used once and is valid for ${LIFETIME_DAYS} days. If you do not want the account, you can ignore this email: it is deleted then.`,
  };
}

function presentInvitation({ id, email, role, createdAt, expiresAt }: InvitationRow): Invitation {
  const iso = (time: number): string => new Date(time).toISOString();
  return { id, email, role, createdAt: iso(createdAt), expiresAt: iso(expiresAt) };
}
