import type {
  AccessLink,
  AccessLinkCreate,
  InvitationCreate,
  InvitedAccount,
  VideoAccess,
} from "../contract/video-access.ts";
import { countAttempt } from "../db/accounts/attempts.ts";
import { findAccount } from "../db/accounts/accounts.ts";
import { catalog } from "../db/client.ts";
import {
  type AccessLinkRow,
  insertAccessLink,
  insertInvitations,
  type InvitationRow,
  listWaysIn,
  removeAccessLink,
  removeInvitation,
  removeVideoPassword,
  saveVideoPassword,
} from "../db/video-access.ts";
import { keyOfLink } from "../domain/access-pass.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { LIMITS } from "../domain/limits.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { hashVideoPassword } from "../domain/video-password.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { type Mail, mailerOf, mailSettings } from "./mailer.ts";

type AccessEnv = Pick<Env, "CATALOG" | "BETTER_AUTH_SECRET" | "PUBLIC_ORIGIN">;

const DAY_MS = 86_400_000;
const MAX_LINK_LIFETIME_MS = 366 * DAY_MS;
/** How long an expired link is still listed. */
const EXPIRED_LINK_KEPT_MS = 30 * DAY_MS;
/** How many unsolicited mails an account may send. */
const MAX_INVITATIONS_PER_HOUR = 200;
const HOUR_MS = 3_600_000;

/** Who may watch a private video, for its creator. */
export async function getVideoAccess(
  env: AccessEnv,
  principal: Principal,
  videoId: string,
): Promise<VideoAccess> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "access.get", videoId);
  const { password, links, invitations } = await listWaysIn(db, videoId);
  return {
    password: password && { setAt: new Date(password.createdAt).toISOString() },
    links: await Promise.all(links.map((row) => presentLink(env, row))),
    accounts: invitations.map(presentInvitation),
  };
}

/** Sets, changes or removes the password. Viewers who entered the previous one are stopped within a minute. */
export async function setVideoPassword(
  env: AccessEnv,
  principal: Principal,
  videoId: string,
  password: string | null,
): Promise<void> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "access.set-password", videoId);
  const now = Date.now();
  if (password === null) return removeVideoPassword(db, videoId, now);
  const id = newId();
  const hash = await hashVideoPassword(env.BETTER_AUTH_SECRET, { videoId, id }, password);
  return saveVideoPassword(db, { videoId, id, hash, createdAt: now });
}

/** @throws AppError invalid_request, limit_reached */
export async function createAccessLink(
  env: AccessEnv,
  principal: Principal,
  videoId: string,
  { name, expiresAt }: AccessLinkCreate,
): Promise<AccessLink> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "access.create-link", videoId);
  const now = Date.now();
  const until = Date.parse(expiresAt);
  if (until <= now || until > now + MAX_LINK_LIFETIME_MS)
    throw new AppError("invalid_request", "A link expires in the future, within a year.", {
      fields: [
        {
          path: "body.expiresAt",
          message: until <= now ? "must be in the future" : "must be within a year",
        },
      ],
    });
  const row = { id: newId(), videoId, name, createdAt: now, expiresAt: until };
  if (!(await insertAccessLink(db, row, now - EXPIRED_LINK_KEPT_MS)))
    throw new AppError(
      "limit_reached",
      `A video can have ${LIMITS.accessLinksPerVideo} links. Revoke one first.`,
    );
  return presentLink(env, { ...row, uses: 0, lastUsedAt: null });
}

/** Revokes a link, and within a minute the playbacks that use it. @throws AppError not_found */
export async function revokeAccessLink(
  env: AccessEnv,
  principal: Principal,
  videoId: string,
  id: string,
): Promise<void> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "access.revoke-link", videoId);
  if (!(await removeAccessLink(db, videoId, id, Date.now())))
    throw new AppError("not_found", "This video has no such link.");
}

/**
 * Invites accounts by their addresses. Accounts that are already invited are not changed and get no second mail.
 * @returns the new ones, and the mails for them, which the caller hands to `sendInvitations`
 * @throws AppError limit_reached, rate_limited
 */
export async function inviteAccounts(
  env: AccessEnv & Env,
  principal: Principal,
  videoId: string,
  { emails, notify }: InvitationCreate,
): Promise<{ added: InvitedAccount[]; mails: Mail[] }> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "access.invite", videoId);
  const { userId } = signedIn(principal);
  const unique = [...new Set(emails)];
  const sent = await countAttempt(db, `video-invitations|${userId}`, HOUR_MS, unique.length);
  if (sent > MAX_INVITATIONS_PER_HOUR)
    throw new AppError("rate_limited", "You have invited many accounts. Try again in an hour.", {
      headers: { "retry-after": String(HOUR_MS / 1000) },
    });
  const invited = unique.map((email) => ({ id: newId(), email }));
  const added = await insertInvitations(db, videoId, invited, Date.now());
  if (added === null)
    throw new AppError(
      "limit_reached",
      `A video can have ${LIMITS.invitedAccountsPerVideo} invited accounts. Remove some first.`,
    );
  const creator = notify ? await findAccount(db, video.ownerId) : null;
  const mails = creator
    ? added.map(({ email }) => invitationMail(env, email, creator.name, video))
    : [];
  return { added: added.map(presentInvitation), mails };
}

/** Sends mails that were written before. A refused one is in the log: the creator can pass on the link of the page. */
export async function sendInvitations(env: Env, mails: readonly Mail[]): Promise<void> {
  const mailer = mailerOf(mailSettings(env));
  if (mailer) for (const mail of mails) await mailer.send(mail);
}

/** @throws AppError not_found */
export async function uninviteAccount(
  env: AccessEnv,
  principal: Principal,
  videoId: string,
  id: string,
): Promise<void> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "access.uninvite", videoId);
  if (!(await removeInvitation(db, videoId, id, Date.now())))
    throw new AppError("not_found", "This account is not invited.");
}

async function presentLink(
  env: AccessEnv,
  { id, videoId, name, createdAt, expiresAt, uses, lastUsedAt }: AccessLinkRow,
): Promise<AccessLink> {
  const key = await keyOfLink(env.BETTER_AUTH_SECRET, id);
  return {
    ...{ id, name, uses },
    url: `${env.PUBLIC_ORIGIN}/watch/${videoId}?key=${key}`,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
  };
}

function presentInvitation({ id, email, createdAt, lastUsedAt }: InvitationRow): InvitedAccount {
  return {
    ...{ id, email },
    createdAt: new Date(createdAt).toISOString(),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
  };
}

function invitationMail(
  { PRODUCT_NAME: product, PUBLIC_ORIGIN: origin }: Env,
  to: string,
  creator: string,
  { id, title }: { id: string; title: string },
): Mail {
  return {
    to,
    subject: `${creator} shares a video with you on ${product}`,
    text: `${creator} has invited you to watch a private video on ${product}:\n\n${title}\n${origin}/watch/${id}\n\nSign in with this email address to watch it, or create an account with it. If you do not know ${creator}, you can ignore this email.`,
  };
}
