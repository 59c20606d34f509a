import { normalizeIP } from "@better-auth/core/utils/ip";
import { ACCESS, type Operation, type Rule } from "./access-rules.ts";

/** A recorded act, without its place in the chain. */
export interface AuditedAct {
  /** Milliseconds since the epoch. */
  at: number;
  action: string;
  actorId: string | null;
  actorRole: string;
  via: "session" | "app" | "pat" | "none";
  targetKind: string | null;
  targetId: string | null;
  /** JSON; null if the operation reports nothing. */
  before: string | null;
  after: string | null;
  address: string;
  requestId: string;
}

/** A row of the log. */
export interface ChainedAct extends AuditedAct {
  seq: number;
  previous: string;
  hash: string;
}

/** Used by the very first row instead of a previous hash. */
const CHAIN_START = "0".repeat(64);

/** The least that the log keeps. A trigger refuses to delete newer rows. */
export const MIN_AUDIT_DAYS = 30;
/** Beyond this number, the oldest rows are deleted. */
export const MAX_AUDIT_ROWS = 1_000_000;
/** Limit of recorded acts of an account that does not run the site, so that no one floods the log. */
export const ACCOUNT_ACTS_PER_DAY = 100;

/** Acts of any account that change who can get into it, or take its data. */
const SECURITY_OPERATIONS: ReadonlySet<Operation> = new Set([
  "account.export",
  "account.revoke-access",
  "tokens.create",
  "tokens.revoke",
  "apps.create",
  "apps.delete",
  "grants.revoke",
  "signing-keys.create",
  "signing-keys.revoke",
  "profiles.set-pin",
  "audit.export",
]);

const READ_METHODS = new Set(["GET", "HEAD"]);
const OF_MEMBERS: ReadonlySet<string> = new Set(["anonymous", "viewer", "creator"]);

/** Whether only those may call an operation who run the site. */
export function isForStaff(operation: Operation): boolean {
  const { roles }: Rule = ACCESS[operation];
  return !roles.some((role) => OF_MEMBERS.has(role));
}

export const isStaffRole = (role: string): boolean => !OF_MEMBERS.has(role);

/**
 * Whether a call is recorded: `always`; `of-others`, if an account that runs the site uses a resource of another
 * account; or `never`.
 * @param method of the request
 * @param role of the caller
 */
export function auditOf(
  operation: Operation,
  method: string,
  role: string,
): "always" | "of-others" | "never" {
  if (SECURITY_OPERATIONS.has(operation)) return "always";
  if (READ_METHODS.has(method)) return "never";
  if (isForStaff(operation)) return "always";
  return isStaffRole(role) ? "of-others" : "never";
}

/** SHA-256 in hex over the row and the hash of the row before, in an order and form that never change. */
async function hashOfAct(act: Omit<ChainedAct, "hash">): Promise<string> {
  const { seq, at, action, actorId, actorRole, via, targetKind, targetId } = act;
  const { before, after, address, requestId, previous } = act;
  const text = JSON.stringify([
    ...[previous, seq, at, action, actorId, actorRole, via, targetKind, targetId],
    ...[before, after, address, requestId],
  ]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The row that follows another. @param last null for the first row ever */
export async function chained(
  act: AuditedAct,
  last: Pick<ChainedAct, "seq" | "hash"> | null,
): Promise<ChainedAct> {
  const row = { ...act, seq: (last?.seq ?? 0) + 1, previous: last?.hash ?? CHAIN_START };
  return { ...row, hash: await hashOfAct(row) };
}

export interface BrokenRow {
  seq: number;
  reason: "changed" | "unlinked" | "missing";
}

/**
 * Checks consecutive rows.
 * @param before the row before them; null if they begin with the oldest row that is kept
 * @returns the first row that is not as it was written; null if all are
 */
export async function firstBroken(
  rows: readonly ChainedAct[],
  before: Pick<ChainedAct, "seq" | "hash"> | null,
): Promise<BrokenRow | null> {
  let last = before;
  for (const row of rows) {
    const { seq } = row;
    if (last && seq !== last.seq + 1) return { seq, reason: "missing" };
    if (last ? row.previous !== last.hash : seq === 1 && row.previous !== CHAIN_START)
      return { seq, reason: "unlinked" };
    if ((await hashOfAct(row)) !== row.hash) return { seq, reason: "changed" };
    last = row;
  }
  return null;
}

/** The network of an address: enough to tell an office from another country, but not to identify a viewer. */
export function networkOf(address: string): string {
  if (address === "") return "";
  const ip = normalizeIP(address, { ipv6Subnet: 48 });
  return ip.includes(":") ? `${ip}/48` : ip.replace(/\.\d+$/, ".0/24");
}

const SECRET_NAMES = /password|secret|token|jwk|^pin$|key$/i;
const MAX_JSON_CHARACTERS = 4_000;

/** JSON of what an act changed, without secrets, shortened if it is long. */
export function auditedJson(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = JSON.stringify(value, (name, inner: unknown) =>
    SECRET_NAMES.test(name) && typeof inner !== "boolean" && inner !== null ? "…" : inner,
  );
  return text.length <= MAX_JSON_CHARACTERS
    ? text
    : JSON.stringify({ cut: text.slice(0, MAX_JSON_CHARACTERS / 2) });
}

/**
 * The resource in a path: for `/v1/admin/reports/abc/hide`, the report `abc`.
 * @param pattern of the route: `/v1/admin/reports/:id/hide`
 */
export function targetOfPath(
  operation: string,
  pattern: string,
  path: string,
): { kind: string; id: string } | null {
  const index = pattern.split("/").findIndex((part) => part.startsWith(":"));
  const id = path.split("/")[index];
  const kind = operation.split(".")[0] ?? operation;
  return id ? { kind, id } : null;
}
