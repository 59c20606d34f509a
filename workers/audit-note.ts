import { AsyncLocalStorage } from "node:async_hooks";

/** What a use case tells of itself, for the audit log: `routes/record-acts.ts` writes it down once it has succeeded. */
export interface AuditNote {
  target?: { kind: string; id: string };
  before?: unknown;
  after?: unknown;
  /** Accounts that own what the caller acts on. */
  owners: Set<string>;
}

const notes = new AsyncLocalStorage<AuditNote>();

export function withAuditNote<T>(note: AuditNote, run: () => T): T {
  return notes.run(note, run);
}

/** Tells what an act is about and what it changes. Nothing happens where the act is not recorded. */
export function noteAct(change: Omit<AuditNote, "owners">): void {
  const note = notes.getStore();
  if (note) Object.assign(note, change);
}

/** Tells whose resource the caller uses: an admin may use those of others, and that is recorded. */
export function noteOwner(ownerId: string): void {
  notes.getStore()?.owners.add(ownerId);
}
