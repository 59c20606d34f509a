import type { Context, MiddlewareHandler } from "hono";
import { type AuditNote, withAuditNote } from "../audit-note.ts";
import type { AppEnv } from "../context.ts";
import { auditOf, targetOfPath } from "../domain/audit.ts";
import type { Principal } from "../domain/principal.ts";
import { recordAudit } from "../services/audit.ts";

const CREATED = 201;

/**
 * Records acts in the audit log: every operation reserved for the staff, operations that change access to an account,
 * and the staff's use of other accounts' resources, down to playing a private video. It is done here, so that a new
 * operation cannot be forgotten: the authorization table decides. Operations add details with `noteAct`.
 */
export const recordActs: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { guarded, principal } = c.var;
  if (!guarded) return next();
  const role = principal.kind === "user" ? principal.role : "anonymous";
  const audit = auditOf(guarded.operation, c.req.method, role);
  if (audit === "never") return next();
  const note: AuditNote = { owners: new Set() };
  await withAuditNote(note, next);
  if (c.error || !c.res.ok) return;
  if (audit === "of-others" && !isOnOthers(principal, note)) return;
  await recordAudit(c.env, {
    action: guarded.operation,
    actor:
      principal.kind === "user"
        ? { id: principal.userId, role: principal.role, via: principal.via }
        : { id: null, role: "anonymous" },
    target:
      note.target ??
      targetOfPath(guarded.operation, guarded.pattern, c.req.path) ??
      (await targetOfAnswer(c, guarded.operation)),
    before: note.before,
    after: note.after ?? (await sentJson(c)),
    address: c.req.header("cf-connecting-ip") ?? "",
  });
};

function isOnOthers(principal: Principal, { owners }: AuditNote): boolean {
  return principal.kind === "user" && [...owners].some((id) => id !== principal.userId);
}

/** The resource that was created. */
async function targetOfAnswer(
  c: Context<AppEnv>,
  operation: string,
): Promise<{ kind: string; id: string } | null> {
  if (c.res.status !== CREATED) return null;
  const answer: unknown = await c.res.clone().json();
  const id = typeof answer === "object" && answer !== null && "id" in answer ? answer.id : null;
  return typeof id === "string" ? { kind: operation.split(".")[0] ?? operation, id } : null;
}

/** The request's JSON, which Hono keeps after its route has read it. */
async function sentJson(c: Context<AppEnv>): Promise<unknown> {
  if (!c.req.header("content-type")?.startsWith("application/json")) return null;
  return c.req.json().catch(() => null);
}
