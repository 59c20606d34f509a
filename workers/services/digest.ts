import type { Digest } from "../contract/digest.ts";
import { findAccount } from "../db/accounts/accounts.ts";
import { catalog } from "../db/client.ts";
import { addDigest, claimDigest, type DueDigest, hasDigest, removeDigest } from "../db/digests.ts";
import { newestOfCreators } from "../db/followed-videos.ts";
import { libraryOf } from "../db/history.ts";
import { videoExtras } from "../db/video-extras.ts";
import { AppError } from "../domain/errors.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { readUnsubscribeToken, unsubscribeToken } from "../domain/unsubscribe-token.ts";
import { type Mail, mailerOf, mailSettings } from "./mailer.ts";

const DIGEST_INTERVAL_MS = 7 * 86_400_000;
const MAX_DIGEST_VIDEOS = 10;

const hasMail = (env: Env): boolean => mailerOf(mailSettings(env)) !== null;

/** Whether the caller gets digests, and whether they could. */
export async function getDigest(env: Env, principal: Principal): Promise<Digest> {
  const { userId } = signedIn(principal);
  const db = catalog(env);
  const [enabled, account] = await Promise.all([hasDigest(db, userId), findAccount(db, userId)]);
  return { enabled, available: hasMail(env) && account?.emailVerified === true };
}

/** @throws AppError conflict when no digest could be sent */
export async function setDigest(env: Env, principal: Principal, enabled: boolean): Promise<Digest> {
  const { userId } = signedIn(principal);
  const db = catalog(env);
  if (!enabled) await removeDigest(db, userId);
  else if (!(await getDigest(env, principal)).available)
    throw new AppError(
      "conflict",
      hasMail(env)
        ? "Confirm your email address first."
        : "This site cannot send email. Ask its administrator.",
    );
  else await addDigest(db, userId, Date.now() + DIGEST_INTERVAL_MS);
  return getDigest(env, principal);
}

/**
 * Ends the digests of the account that a link from a mail is for. Repeating it is harmless.
 * @throws AppError invalid_request for a link that we did not make
 */
export async function unsubscribe(env: Env, token: string): Promise<void> {
  const userId = await readUnsubscribeToken(env.BETTER_AUTH_SECRET, token);
  if (userId === null)
    throw new AppError("invalid_request", "This link is not complete. Open it from the mail.");
  await removeDigest(catalog(env), userId);
}

/**
 * Sends a digest that is due, if there is something new and the address is still confirmed. At most once: a mail that the
 * service refuses is in the log, and the next one comes a week later.
 */
export async function sendDigest(env: Env, due: DueDigest, now: number): Promise<void> {
  const db = catalog(env);
  const { userId } = due;
  if (!(await claimDigest(db, due, now + DIGEST_INTERVAL_MS))) return;
  const account = await findAccount(db, userId);
  if (!account) return removeDigest(db, userId);
  if (!account.emailVerified) return;
  const { follows } = await libraryOf(env, userId).followState();
  const since = new Map(follows.map((follow) => [follow.creatorId, follow.since]));
  const newest = await newestOfCreators(db, [...since.keys()], null, MAX_DIGEST_VIDEOS);
  const videos = newest.filter(
    ({ ownerId, publishedAt }) =>
      (publishedAt ?? 0) > Math.max(now - DIGEST_INTERVAL_MS, since.get(ownerId) ?? 0),
  );
  if (videos.length === 0) return;
  const extras = await videoExtras(db, videos);
  const { PRODUCT_NAME: product, PUBLIC_ORIGIN: origin } = env;
  const token = encodeURIComponent(await unsubscribeToken(env.BETTER_AUTH_SECRET, userId));
  await mailerOf(mailSettings(env))?.send(
    digestMail({
      product,
      origin,
      to: account.email,
      token,
      videos: videos.map(({ id, title }) => ({
        id,
        title,
        creator: extras.get(id)?.creatorName ?? "",
      })),
    }),
  );
}

interface DigestContent {
  product: string;
  origin: string;
  to: string;
  /** Token of the link that ends the weekly mail. */
  token: string;
  videos: { id: string; title: string; creator: string }[];
}

function digestMail({ product, origin, to, token, videos }: DigestContent): Mail {
  const [first] = videos;
  const more = videos.length - 1;
  const lines = videos.map(
    ({ id, title, creator }) => `${title}\n${creator}\n${origin}/watch/${id}`,
  );
  return {
    to,
    subject: `New on ${product}: ${first?.title ?? ""}${more > 0 ? ` and ${more} more` : ""}`,
    text: `New videos of creators that you follow:\n\n${lines.join("\n\n")}\n\nAll of them: ${origin}/following\n\nYou get this mail once a week because you asked for it. Stop it: ${origin}/unsubscribe?token=${token}`,
    // RFC 8058: a button of the mail program, which sends a POST.
    headers: {
      "list-unsubscribe": `<${origin}/v1/unsubscribe?token=${token}>`,
      "list-unsubscribe-post": "List-Unsubscribe=One-Click",
    },
  };
}
