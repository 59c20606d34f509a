import { createApp } from "../workers/app.ts";
import type { Role } from "../workers/contract/accounts.ts";
import { SCOPES } from "../workers/contract/scopes.ts";
import { catalog } from "../workers/db/client.ts";
import { claimTask } from "../workers/db/transcoding/claim.ts";
import { reportProgress } from "../workers/db/transcoding/reports.ts";
import { commitMedia, commitResult } from "../workers/db/transcoding/results.ts";
import type { Task } from "../workers/db/transcoding/tasks.ts";
import { insertUpload, markCompleted, type UploadRow } from "../workers/db/uploads.ts";
import type { CronPurpose } from "../workers/domain/crons.ts";
import { encodeBudgetMs } from "../workers/domain/tasks/encode-budget.ts";
import { ANONYMOUS, type Principal } from "../workers/domain/principal.ts";
import { sweep } from "../workers/jobs/sweep.ts";
import { PLAN_TASK } from "./catalog-plan.ts";
import { CountingD1, type RunStatement } from "../tests/support/worker/counting-d1.ts";

export * from "../workers/index.ts";

/** The statements of an invocation. */
export interface Cost {
  /** Statements on the catalogue. */
  statements: RunStatement[];
  /** Statements on all databases. */
  total: number;
  calls: number;
  /** Bytes of the responses, which show that something was measured. */
  statuses: number[];
}

interface ApiCall {
  method?: string;
  path: string;
  body?: unknown;
  userId?: string;
  /** Role of the account; `creator` by default. */
  role?: Role;
}

const principalOf = ({ userId, role = "creator" }: ApiCall): Principal =>
  userId === undefined
    ? ANONYMOUS
    : { kind: "user", userId, role, scopes: new Set(SCOPES), via: "session" };

function appAs(call: ApiCall) {
  return createApp(async (c, next) => {
    c.set("principal", principalOf(call));
    await next();
  });
}

async function measured(
  env: Env,
  run: (counted: Env) => Promise<number[] | undefined>,
): Promise<Cost> {
  const [own, search] = [new CountingD1(env.CATALOG), new CountingD1(env.SEARCH)];
  const statuses = await run({ ...env, CATALOG: own.binding, SEARCH: search.binding });
  return {
    statements: own.statements,
    total: own.statements.length + search.statements.length,
    calls: own.calls,
    statuses: statuses ?? [],
  };
}

const api = (env: Env, ctx: ExecutionContext, calls: readonly ApiCall[]): Promise<Cost> =>
  measured(env, async (counted) => {
    const statuses: number[] = [];
    for (const one of calls) {
      const { method = "GET", path, body } = one;
      const app = appAs(one);
      const init = {
        method,
        headers: { "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      };
      const response = await app.request(path, init, counted, ctx);
      await response.text();
      statuses.push(response.status);
    }
    return statuses;
  });

const RUNNER = {
  runner: "local-0",
  capabilities: {
    kinds: ["plan" as const, "video" as const, "audio" as const, "images" as const],
    codecs: ["h264" as const, "aac" as const],
  },
  slots: 1000,
  fleetSlots: 1000,
};

const claim = (env: Env): Promise<Task | null> =>
  claimTask(catalog(env), { ...RUNNER, now: Date.now() });

/** A runner claims a task, reports progress, and fulfils it. */
const work = (env: Env): Promise<Cost> =>
  measured(env, async (counted) => {
    const db = catalog(counted);
    const task = await claim(counted);
    if (!task) throw new Error("There is nothing to claim.");
    await reportProgress(db, task, 0.5, Date.now());
    const media = { kind: "media", outputs: {} } as const;
    if (!(await commitMedia(db, task, media, encodeBudgetMs(env), Date.now())))
      await commitResult(db, task, [], null, Date.now());
    return undefined;
  });

/** The statements of opening and completing an upload, without the storage. */
const upload = (env: Env, row: UploadRow): Promise<Cost> =>
  measured(env, async (counted) => {
    const db = catalog(counted);
    const { videoId: id, ownerId, createdAt } = row;
    const video = { id, ownerId, title: "New", createdAt, updatedAt: createdAt };
    await insertUpload(db, video, row);
    await markCompleted(db, row, { etag: "e" }, PLAN_TASK, "key", Date.now());
    return undefined;
  });

const handlers: Record<string, (env: Env, body: never, ctx: ExecutionContext) => Promise<Cost>> = {
  "/api": (env, calls: ApiCall[], ctx) => api(env, ctx, calls),
  "/claim": (env) =>
    measured(env, async (counted) => {
      if (!(await claim(counted))) throw new Error("There is nothing to claim.");
      return undefined;
    }),
  "/work": (env) => work(env),
  "/upload": (env, row: UploadRow) => upload(env, row),
  "/cron": (env, { purpose }: { purpose: CronPurpose }) =>
    measured(env, async (counted) => {
      await sweep(counted, purpose);
      return undefined;
    }),
};

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/openapi.json")
      return appAs({ path: pathname }).request(pathname, undefined, env, ctx);
    const handler = handlers[pathname];
    if (!handler) return new Response("unknown", { status: 404 });
    return Response.json(await handler(env, (await request.json()) as never, ctx));
  },
} satisfies ExportedHandler<Env>;
