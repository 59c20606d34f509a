import type { z } from "zod";
import {
  type ClaimAnswer,
  ClaimRequest,
  HandBack,
  ProgressReport,
  ResultReport,
} from "../contract/runner-api.ts";
import { AppError } from "../domain/errors.ts";
import { log } from "../log.ts";
import { problemResponse } from "../problem.ts";
import { createRunnerContext, type RunnerContext } from "./job-context.ts";
import { recoverExpired } from "./recover.ts";
import type { RunnerIdentity } from "./runner-identity.ts";
import {
  admitRunner,
  claimWork,
  fleetSlots,
  recordProgress,
  recordResult,
  takeBack,
} from "./runner-work.ts";
import { serveTaskStorage } from "./task-storage.ts";

/** The plan of a film of twelve hours has 3 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** How often a waiting claim looks for work, the longer it waits the less. */
const FIRST_POLL_MS = 250;
const MAX_POLL_MS = 2000;
/** How often waiting claims look for expired leases. The cron alone would take up to a minute. */
const RECOVER_INTERVAL_MS = 10_000;

/** How long a runner that gets no work waits for that answer, so that it does not ask all the time. */
const MAX_REFUSAL_MS = 10_000;

const STORAGE = "storage/";

/**
 * The API by which a runner works (contract/runner-api.ts). Containers reach it through their Durable Object, processes and
 * remote runners over HTTP; it is the same for all.
 * @param path what follows the mount point, without a leading slash
 * @param identity who asks; nobody gets nothing
 */
export async function serveRunnerApi(
  request: Request,
  env: Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  path: string,
  identity: RunnerIdentity | null,
): Promise<Response> {
  try {
    if (!identity)
      throw new AppError("unauthenticated", "The runner API needs the token of a runner.");
    if (path.startsWith(STORAGE))
      return await serveTaskStorage(request, env, path.slice(STORAGE.length), identity.runner);
    if (request.method !== "POST")
      throw new AppError("method_not_allowed", "The runner API supports POST.");
    return await answer(request, createRunnerContext(env, ctx), path, identity);
  } catch (error) {
    return problemResponse(error);
  }
}

async function answer(
  request: Request,
  context: RunnerContext,
  path: string,
  { kind, runner }: RunnerIdentity,
): Promise<Response> {
  /** The body, with the runner that the credential names. */
  async function read<T extends { runner: string }>(schema: z.ZodType<T>): Promise<T> {
    const body = await parseBody(request, schema);
    if (runner === null && !body.runner.startsWith(`${kind}-`))
      throw new AppError("forbidden", `The id of this runner must begin with ${kind}-.`);
    return runner === null ? body : { ...body, runner };
  }
  switch (path) {
    case "claim":
      return Response.json(
        await waitForWork(context, kind, await read(ClaimRequest), request.signal),
      );
    case "progress":
      return Response.json(await recordProgress(context, await read(ProgressReport), Date.now()));
    case "result":
      return Response.json(await recordResult(context, await read(ResultReport), Date.now()));
    case "hand-back":
      await takeBack(context, await read(HandBack), Date.now());
      return new Response(null, { status: 204 });
    default:
      throw new AppError("not_found", `The runner API has no ${path}.`);
  }
}

async function parseBody<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  if (Number(request.headers.get("content-length") ?? Infinity) > MAX_BODY_BYTES)
    throw new AppError("payload_too_large", "The body is too large.");
  const body: unknown = await request.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (!parsed.success)
    throw new AppError("invalid_request", `The body is not valid: ${parsed.error.message}`);
  return parsed.data;
}

let recoveredAt = 0;

/** Answers a claim as soon as there is a task for its runner, or with `wait` when its time is over. */
async function waitForWork(
  context: RunnerContext,
  kind: RunnerIdentity["kind"],
  claim: ClaimRequest,
  gone: AbortSignal,
): Promise<ClaimAnswer> {
  const refusal = await admitRunner(context, kind, claim, Date.now());
  if (refusal) {
    if (refusal.type === "wait")
      await scheduler.wait(Math.min(claim.waitSeconds * 1000, MAX_REFUSAL_MS));
    return refusal;
  }
  const fleet = await fleetSlots(context, Date.now());
  const until = Date.now() + claim.waitSeconds * 1000;
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 1.3, MAX_POLL_MS)) {
    if (Date.now() - recoveredAt >= RECOVER_INTERVAL_MS) {
      recoveredAt = Date.now();
      await recoverExpired(context).catch((error: unknown) =>
        log("sweep.failed", { step: "leases", error: String(error) }),
      );
    }
    const found = await claimWork(context, claim, fleet, Date.now());
    if (found.type !== "wait" || Date.now() + pause >= until || gone.aborted) return found;
    await scheduler.wait(pause);
  }
}
