import { z } from "zod";
import { MAX_INVITATIONS, MIN_VIDEO_PASSWORD_LENGTH } from "./access-limits.ts";
import { Id, Timestamp } from "./common.ts";
import { lineOfText } from "./text.ts";

const length = `must have ${MIN_VIDEO_PASSWORD_LENGTH} to 100 characters`;
const VideoPassword = z.string().min(MIN_VIDEO_PASSWORD_LENGTH, length).max(100, length);

export const VideoPasswordPut = z.strictObject({
  /** Null removes it. Viewers who entered the previous password have to enter the new one. */
  password: VideoPassword.nullable(),
});
export type VideoPasswordPut = z.infer<typeof VideoPasswordPut>;

export const AccessLinkCreate = z.strictObject({
  /** Whom it is for. */
  name: lineOfText(100),
  /** Within a year. */
  expiresAt: Timestamp,
});
export type AccessLinkCreate = z.infer<typeof AccessLinkCreate>;

/** A link with which anybody can watch a private video until it expires. */
export const AccessLink = z.object({
  id: Id,
  name: z.string(),
  url: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  /** How often it was opened. */
  uses: z.int(),
  lastUsedAt: Timestamp.nullable(),
});
export type AccessLink = z.infer<typeof AccessLink>;

export const InvitationCreate = z.strictObject({
  emails: z
    .array(z.email("must be email addresses").max(254).toLowerCase())
    .min(1, "must have at least one address")
    .max(MAX_INVITATIONS, `must have at most ${MAX_INVITATIONS} addresses`),
  /** Whether they get a mail with the link of the video. */
  notify: z.boolean().default(true),
});
export type InvitationCreate = z.infer<typeof InvitationCreate>;

/** An account that may watch a private video. The API does not reveal whether the address has an account. */
export const InvitedAccount = z.object({
  id: Id,
  email: z.string(),
  createdAt: Timestamp,
  /** When the account last began to watch, to the hour; null until it has. */
  lastUsedAt: Timestamp.nullable(),
});
export type InvitedAccount = z.infer<typeof InvitedAccount>;

/** Who may watch a private video besides its creator. */
export const VideoAccess = z.object({
  /** Null without a password. The password itself is not stored. */
  password: z.object({ setAt: Timestamp }).nullable(),
  /** The newest first; expired ones are kept for a month. */
  links: z.array(AccessLink),
  /** By address. */
  accounts: z.array(InvitedAccount),
});
export type VideoAccess = z.infer<typeof VideoAccess>;

/** The viewer's password or key. */
export const UnlockRequest = z.union([
  z.strictObject({ password: z.string().min(1).max(100) }),
  /** The parameter `key` of an access link. */
  z.strictObject({ key: z.string().min(1).max(200) }),
]);
export type UnlockRequest = z.infer<typeof UnlockRequest>;

export const Unlocked = z.object({
  /** Goes into the header `Kinora-Pass` of every request about this video. */
  pass: z.string(),
  expiresAt: Timestamp,
});
export type Unlocked = z.infer<typeof Unlocked>;
