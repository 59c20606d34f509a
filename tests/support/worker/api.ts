import { AsyncLocalStorage } from "node:async_hooks";
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { createApp } from "../../../workers/app.ts";
import { Problem } from "../../../workers/contract/problem.ts";
import type { Role } from "../../../workers/contract/accounts.ts";
import { isOneOf, SCOPES, STAFF } from "../../../workers/contract/scopes.ts";
import { user } from "../../../workers/db/accounts/auth-schema.ts";
import { catalog } from "../../../workers/db/client.ts";
import { videos } from "../../../workers/db/schema.ts";
import { startTranscode } from "../../../workers/db/transcoding/transcodes.ts";
import { newId } from "../../../workers/domain/id.ts";
import { planSettings, planTask } from "../../../workers/domain/tasks/plan-settings.ts";
import { ANONYMOUS, type Principal, type SignedIn } from "../../../workers/domain/principal.ts";

export type TestApp = Pick<ReturnType<typeof createApp>, "request" | "fetch">;

const caller = new AsyncLocalStorage<Principal>();
/** The API for whom `appAs` names. */
export function assembleApp(): ReturnType<typeof createApp> {
  return createApp(
    async (c, next) => {
      c.set("principal", caller.getStore() ?? ANONYMOUS);
      await next();
    },
    // The site's settings would be read by one request in many.
    (_, next) => next(),
  );
}

/** All callers share it, because assembling it, and its router with the first request, takes many milliseconds. */
const shared = assembleApp();

/** The API for one caller, whose token counts as verified. */
export function appAs(principal: Principal): TestApp {
  return {
    request: (...args) => caller.run(principal, () => shared.request(...args)),
    fetch: (...args) => caller.run(principal, () => shared.fetch(...args)),
  };
}

export const anonymous = appAs(ANONYMOUS);

/** Inserts an account with every scope; `admin` only if its role operates the site. */
export async function newAccount(role: Role = "creator"): Promise<SignedIn & { app: TestApp }> {
  const userId = newId();
  await catalog(env)
    .insert(user)
    .values({ id: userId, name: `Name of ${userId}`, email: `${userId}@example.com`, role });
  const scopes = new Set(SCOPES.filter((scope) => scope !== "admin" || isOneOf(STAFF, role)));
  const principal: SignedIn = { kind: "user", userId, role, scopes, via: "session" };
  return { ...principal, app: appAs(principal) };
}

/** Sends a request with the real bindings, unchanged by default, and waits for `waitUntil`. */
export async function call(
  app: TestApp,
  method: string,
  path: string,
  json?: unknown,
  headers: HeadersInit = {},
  bindings: Env = env,
): Promise<Response> {
  const ctx = createExecutionContext();
  const all = new Headers(headers);
  if (json !== undefined && !all.has("content-type")) all.set("content-type", "application/json");
  const isWritten = json === undefined || typeof json === "string" || json instanceof Uint8Array;
  const body = isWritten ? (json as BodyInit | undefined) : JSON.stringify(json);
  const response = await app.request(
    path,
    { method, headers: all, ...(body === undefined ? {} : { body }) },
    bindings,
    ctx,
  );
  await waitOnExecutionContext(ctx);
  return response;
}

/** Checks that a response is problem+json. @returns its fields */
export async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

/** Inserts a video, by default ready and public. @returns its id */
export async function newVideo(
  ownerId: string,
  change: Partial<typeof videos.$inferInsert> = {},
): Promise<string> {
  const id = newId();
  const now = Date.now();
  const ready = {
    title: `Title of ${id}`,
    state: "ready",
    visibility: "public",
    duration: 60,
    publishedAt: now,
  } as const;
  await catalog(env)
    .insert(videos)
    .values({ id, ownerId, ...ready, createdAt: now, updatedAt: now, ...change });
  return id;
}

/** Changes after which only its creator can see a video. */
export const HIDDEN = [
  { visibility: "private" },
  { state: "uploading" },
  { state: "queued" },
  { state: "processing" },
  { state: "failed", errorCode: "damaged", errorDetail: "Broken." },
  { deletedAt: 1 },
] as const;

/** Schedules the transcode of a video, like completing its upload. */
export async function beginTranscode(id: string, ownerId: string): Promise<void> {
  const db = catalog(env);
  const plan = planTask(planSettings(env), false);
  const [transcode, task] = startTranscode(
    db,
    { id, ownerId, version: 1, sourceKey: `sources/${id}/x`, contentKey: "not used" },
    plan,
  );
  if (transcode && task) await db.batch([transcode, task]);
}
