import type { BetterAuthPlugin } from "better-auth";
import { createAuthMiddleware, getSessionFromCtx, isAPIError } from "better-auth/api";
import { isStaffRole } from "../domain/audit.ts";
import { recordAudit } from "../services/audit.ts";

/** Acts that change how an account can be accessed. */
const ACTS: Readonly<Record<string, string>> = {
  "/change-password": "auth.password-changed",
  "/delete-user": "auth.account-deleted",
  "/oauth2/consent": "auth.app-allowed",
  "/oauth2/register": "auth.app-registered",
  "/passkey/delete-passkey": "auth.passkey-deleted",
  "/passkey/verify-registration": "auth.passkey-added",
  "/reset-password": "auth.password-reset",
  "/revoke-other-sessions": "auth.sessions-ended",
  "/revoke-session": "auth.sessions-ended",
  "/revoke-sessions": "auth.sessions-ended",
  "/two-factor/disable": "auth.two-factor-disabled",
  "/two-factor/enable": "auth.two-factor-enabled",
  "/two-factor/generate-backup-codes": "auth.backup-codes-made",
};

/** Paths on which a session may start. */
const BEGINS_SESSION =
  /^\/(sign-in\/|sign-up\/|callback\/|oauth2\/callback\/|passkey\/verify-authentication$|two-factor\/verify-)/;

type HookContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

interface Who {
  id: string;
  role: string;
}

function whoIs(user: Record<string, unknown> | undefined): Who | null {
  if (typeof user?.["id"] !== "string") return null;
  return { id: user["id"], role: typeof user["role"] === "string" ? user["role"] : "viewer" };
}

/** The account behind a request, before the library deletes its session or itself. */
const callers = new WeakMap<Request, Who>();

/** The account whose password a link resets. */
const resets = new WeakMap<Request, Who>();

/** The account that a reset link belongs to, which the library does not expose. */
export function noteReset(request: Request | undefined, user: Record<string, unknown>): void {
  const who = whoIs(user);
  if (request && who) resets.set(request, who);
}

function whoActs(ctx: HookContext): Who | null {
  const { request } = ctx;
  const known = request && (resets.get(request) ?? callers.get(request));
  return known ?? whoIs(ctx.context.newSession?.user ?? ctx.context.session?.user);
}

/**
 * Records acts of the auth library in the audit log: changes of access to an account, and each sign-in of the staff.
 * Sign-ins of others are too many to keep for a year; their sessions are listed in their settings.
 */
export function auditedActs(env: Env): BetterAuthPlugin {
  return {
    id: "audited-acts",
    hooks: {
      before: [
        {
          matcher: ({ path }) => path !== undefined && path in ACTS,
          handler: createAuthMiddleware(async (ctx) => {
            const session = await getSessionFromCtx(ctx).catch(() => null);
            const who = whoIs(session?.user);
            if (ctx.request && who) callers.set(ctx.request, who);
          }),
        },
      ],
      after: [
        {
          matcher: ({ path }) => path !== undefined && (path in ACTS || BEGINS_SESSION.test(path)),
          handler: createAuthMiddleware(async (ctx) => {
            const address = ctx.request?.headers.get("cf-connecting-ip") ?? "";
            const action = ACTS[ctx.path];
            if (action === undefined) {
              const who = whoIs(ctx.context.newSession?.user);
              if (!who || !isStaffRole(who.role)) return;
              return recordAudit(env, {
                action: "auth.signed-in",
                actor: { ...who, via: "session" },
                after: { path: ctx.path },
                address,
              });
            }
            if (isAPIError(ctx.context.returned)) return;
            const who = whoActs(ctx);
            await recordAudit(env, {
              action,
              actor: who ? { ...who, via: "session" } : { id: null, role: "anonymous" },
              target: who && { kind: "accounts", id: who.id },
              address,
            });
          }),
        },
      ],
    },
  };
}
