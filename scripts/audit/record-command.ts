import { z } from "zod";
import { auditedJson, chained } from "../../workers/domain/audit.ts";

/** Runs SQL in CATALOG. @returns its rows */
export type RunSql = (sql: string, params: string[]) => Promise<unknown[]>;

const Head = z.object({ seq: z.number(), hash: z.string() });
const MAX_TRIES = 10;

/** Adds an operator's command to the audit log, like `appendAct` in workers/db/audit.ts. */
export async function recordCommand(
  run: RunSql,
  act: {
    action: string;
    target: { kind: string; id: string };
    before: unknown;
    after: unknown;
  },
): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const [head] = await run("SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1", []);
    const row = await chained(
      {
        at: Date.now(),
        action: act.action,
        actorId: null,
        actorRole: "command",
        via: "none",
        targetKind: act.target.kind,
        targetId: act.target.id,
        before: auditedJson(act.before),
        after: auditedJson(act.after),
        address: "",
        requestId: "",
      },
      head === undefined ? null : Head.parse(head),
    );
    const values = [row.seq, row.at, row.action, row.actorRole, row.via, row.targetKind];
    const others = [row.targetId, row.before ?? "", row.after, row.previous, row.hash, row.seq - 1];
    const added = await run(
      `INSERT INTO audit_log (seq, at, action, actor_role, via, target_kind, target_id, before, after, previous, hash,
         address, request_id)
       SELECT ?, ?, ?, ?, ?, ?, ?, NULLIF(?, ''), ?, ?, ?, '', ''
       WHERE (SELECT coalesce(max(seq), 0) FROM audit_log) = CAST(? AS INTEGER)
       ON CONFLICT DO NOTHING RETURNING seq`,
      [...values, ...others].map(String),
    );
    if (added.length > 0) return;
  }
  throw new Error("The role is changed, but the audit log did not take it.");
}
