import { z } from "zod";
import { EMAIL_MAX, Role } from "./accounts.ts";
import { Id, page, PageQuery, Timestamp } from "./common.ts";
import { SUSPENSION_REASON_MAX } from "./suspension-reason-max.ts";
import { linesOfText } from "./text.ts";

const limit = z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullable();

/** The limits of an account. `null` means the site's limit. */
export const AccountQuota = z.strictObject({
  /** Bytes of stored sources. */
  bytes: limit,
  /** Minutes that runners work for the account per UTC day; 0 for no limit. */
  encodeMinutesPerDay: limit,
  /** Uploads that the account begins per UTC day; 0 for no limit. */
  uploadsPerDay: limit,
});
export type AccountQuota = z.infer<typeof AccountQuota>;

/** An account as admins see it. */
export const ManagedAccount = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  twoFactorEnabled: z.boolean(),
  role: Role,
  createdAt: Timestamp,
  suspension: z.object({ since: Timestamp, reason: z.string() }).nullable(),
  quota: AccountQuota,
  usage: z.object({
    /** Includes videos in the bin, and so do the bytes. */
    videos: z.int(),
    bytes: z.int(),
    encodeMinutesToday: z.number(),
    uploadsToday: z.int(),
  }),
});
export type ManagedAccount = z.infer<typeof ManagedAccount>;

export const AccountListQuery = PageQuery.extend({
  /** An id, the beginning of an email address, or a part of a name or an address. */
  q: z.string().trim().min(1).max(EMAIL_MAX).optional(),
  role: Role.optional(),
  status: z.enum(["active", "suspended"]).optional(),
});
export type AccountListQuery = z.infer<typeof AccountListQuery>;

export const ManagedAccountPage = page(ManagedAccount);
export type ManagedAccountPage = z.infer<typeof ManagedAccountPage>;

/** Absent fields are not changed. */
export const AccountPatch = z.strictObject({
  role: Role.optional(),
  quota: AccountQuota.partial().optional(),
});
export type AccountPatch = z.infer<typeof AccountPatch>;

export const SuspensionPut = z.strictObject({
  /** The reason, which is mailed to the account's holder and shown to other admins. */
  reason: linesOfText(SUSPENSION_REASON_MAX),
});

/** A session of an account. Only the holder may see the address. */
export const ManagedSession = z.object({
  id: Id,
  createdAt: Timestamp,
  /** At most a day behind. */
  lastSeenAt: Timestamp,
  expiresAt: Timestamp,
  userAgent: z.string().nullable(),
});
export type ManagedSession = z.infer<typeof ManagedSession>;
export const ManagedSessionList = z.object({ items: z.array(ManagedSession) });
