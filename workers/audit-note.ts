import { AsyncLocalStorage } from "node:async_hooks";

/** What a use case reports for the audit log: `routes/record-acts.ts` records it after success. */
export interface AuditNote {
  target?: { kind: string; id: string };
  before?: unknown;
  after?: unknown;
  /** Accounts that own the resource of the act. */
  owners: Set<string>;
}

const notes = new AsyncLocalStorage<AuditNote>();

export function withAuditNote<T>(note: AuditNote, run: () => T): T {
  return notes.run(note, run);
}

/** Notes the target of an act and what it changes. Does nothing if the act is not recorded. */
export function noteAct(change: Omit<AuditNote, "owners">): void {
  const note = notes.getStore();
  if (note) Object.assign(note, change);
}

/** Names the owner of the resource that the caller uses: when an admin uses another account's resource, it is recorded. */
export function noteOwner(ownerId: string): void {
  notes.getStore()?.owners.add(ownerId);
}
