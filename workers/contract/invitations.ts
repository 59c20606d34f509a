import { z } from "zod";
import { EMAIL_MAX, Role } from "./accounts.ts";
import { Id, Timestamp } from "./common.ts";

export const InvitationCreate = z.strictObject({
  email: z.email("must be an email address").max(EMAIL_MAX).toLowerCase(),
  /** Role of the account. */
  role: Role,
});
export type InvitationCreate = z.infer<typeof InvitationCreate>;

/** An account that waits for its holder to choose a password. */
export const Invitation = z.object({
  /** Id of the account. */
  id: Id,
  email: z.string(),
  role: Role,
  createdAt: Timestamp,
  expiresAt: Timestamp,
});
export type Invitation = z.infer<typeof Invitation>;

/** The only response that has the link, which works once. */
export const InvitationCreated = Invitation.extend({
  url: z.url(),
  /** The link was sent to the address. Without mail, the admin has to pass it on. */
  isMailed: z.boolean(),
});
export type InvitationCreated = z.infer<typeof InvitationCreated>;
export const InvitationList = z.object({ items: z.array(Invitation) });
