import { z } from "zod";
import { PageQuery, Timestamp } from "./common.ts";

/** One act in the audit log. */
export const AuditEntry = z.object({
  /** Number of the row, one more than the previous row's. */
  seq: z.int(),
  at: Timestamp,
  /** The operation of the API, such as `reports.hide-video`, or an act of the auth library, such as `auth.password-changed`. */
  action: z.string(),
  actor: z.object({
    /** Null for visitors, for the product itself and for who runs its commands. */
    id: z.string().nullable(),
    /** Null once the account is deleted. */
    name: z.string().nullable(),
    role: z.string(),
    /** What the caller's token was issued to. */
    via: z.enum(["session", "app", "pat", "none"]),
  }),
  target: z.object({ kind: z.string(), id: z.string() }).nullable(),
  /** What the act changed, as far as the operation reports it. Secrets are left out. */
  before: z.unknown().nullable(),
  after: z.unknown().nullable(),
  /** The network of the caller's address: IPv4 without the last number, IPv6 without all but the first 48 bits. */
  address: z.string(),
  requestId: z.string(),
  /** SHA-256 in hex of the row and of `previous`, which is the hash of the row before. */
  previous: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditPage = z.object({
  items: z.array(AuditEntry),
  nextCursor: z.string().nullable(),
});
export type AuditPage = z.infer<typeof AuditPage>;

const text = z.string().min(1).max(100).optional();

/** The filter. All conditions must hold. */
export const AuditFilter = z.object({
  action: text,
  /** Id or email address of an account. A deleted account has only its id. */
  actor: text,
  /** Id of the target. */
  target: text,
  since: Timestamp.optional(),
  until: Timestamp.optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

export const AuditQuery = AuditFilter.extend(PageQuery.shape);
export type AuditQuery = z.infer<typeof AuditQuery>;

export const AuditFormat = z.enum(["csv", "jsonl"]);
export type AuditFormat = z.infer<typeof AuditFormat>;

export const AuditExportQuery = AuditFilter.extend({
  format: AuditFormat.default("jsonl"),
  /** Only rows before this number: the last one of an export that was full. */
  before: z.coerce.number().int().positive().optional(),
});
export type AuditExportQuery = z.infer<typeof AuditExportQuery>;

export const AuditVerifyQuery = z.object({
  /** Continues where an earlier response ended. */
  after: z.coerce.number().int().nonnegative().default(0),
});

export const AuditVerification = z.object({
  /** How many rows were checked. */
  checked: z.int(),
  /** The first row that differs from what was written; null if all match. */
  broken: z
    .object({
      seq: z.int(),
      /**
       * `changed`: its hash does not match. `unlinked`: the previous row is a different one. `missing`: earlier rows
       * are gone.
       */
      reason: z.enum(["changed", "unlinked", "missing"]),
    })
    .nullable(),
  /** Number of the last checked row, for the next request; null when the end was reached. */
  next: z.int().nullable(),
  /** The newest row. If you keep its hash elsewhere, you can later detect that the log was rewritten. */
  head: z.object({ seq: z.int(), hash: z.string() }).nullable(),
});
export type AuditVerification = z.infer<typeof AuditVerification>;
