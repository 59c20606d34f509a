import type { RulingAction } from "../contract/ruling-actions.ts";
import { findAccount } from "../db/accounts/accounts.ts";
import { catalog } from "../db/client.ts";
import { mailerOf, mailSettings } from "./mailer.ts";

/** A moderator's decision, for the creator of the video. */
export interface ModerationNews {
  ownerId: string;
  title: string;
  what: RulingAction | "approved" | "upheld" | "restored" | "banned";
  /** The moderator's own words. */
  text: string;
}

const SENTENCES: Record<ModerationNews["what"], { subject: string; sentence: string }> = {
  hide: {
    subject: "has been hidden",
    sentence: "A moderator has hidden this video. Only you can see it now.",
  },
  restrict: {
    subject: "has been restricted",
    sentence: "A moderator has restricted who can find or watch this video.",
  },
  delete: {
    subject: "has been deleted",
    sentence: "A moderator has moved this video to your bin. Nobody else can see it.",
  },
  reject: {
    subject: "has not been published",
    sentence: "A moderator has looked at this video and has not published it.",
  },
  message: {
    subject: "has a message from a moderator",
    sentence: "A moderator has a message for you about this video.",
  },
  approved: {
    subject: "has been published",
    sentence: "A moderator has looked at this video and has let it through.",
  },
  upheld: {
    subject: "stays as decided",
    sentence: "A moderator has looked at your appeal. The decision about this video stands.",
  },
  restored: {
    subject: "has been restored",
    sentence: "A moderator has looked at your appeal. This video is as it was before.",
  },
  banned: {
    subject: "has been refused",
    sentence: "A moderator has banned this file. It cannot be uploaded to this site again.",
  },
};

const CAN_APPEAL: ReadonlySet<string> = new Set(["hide", "restrict", "delete", "reject"]);

/** Tells a creator by mail, if the site can send any. The studio shows the same. */
export async function mailModerationNews(
  env: Env,
  { ownerId, title, what, text }: ModerationNews,
): Promise<void> {
  const mailer = mailerOf(mailSettings(env));
  if (!mailer) return;
  const account = await findAccount(catalog(env), ownerId);
  if (!account?.emailVerified) return;
  const { subject, sentence } = SENTENCES[what];
  const name = title === "" ? "Your video" : `“${title}”`;
  const page = `${env.PUBLIC_ORIGIN}/studio/moderation`;
  const parts = [
    `${name}: ${sentence}`,
    ...(text === "" ? [] : [`They wrote:\n\n${text}`]),
    CAN_APPEAL.has(what)
      ? `Read more, and appeal if you think that this is wrong:\n\n${page}`
      : `Read more: ${page}`,
  ];
  await mailer.send({
    to: account.email,
    subject: `${env.PRODUCT_NAME}: ${name} ${subject}`,
    text: parts.join("\n\n"),
  });
}
