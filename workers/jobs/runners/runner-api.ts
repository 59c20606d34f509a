import type { z } from "zod";
import {
  type ClaimAnswer,
  ClaimRequest,
  HandBack,
  ProgressReport,
  ResultReport,
} from "../../contract/runner-api.ts";
import { isTransient } from "../../db/client.ts";
import { AppError } from "../../domain/errors.ts";
import { problemResponse } from "../../problem.ts";
import { createRunnerContext, type RunnerContext } from "../job-context.ts";
import type { RunnerIdentity } from "./runner-identity.ts";
import { handOut, recordProgress, recordResult, takeBack } from "./runner-work.ts";
import { serveTaskStorage } from "../tasks/task-storage.ts";

/** The plan of a video of twelve hours has 3 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** A runner whose claim was interrupted asks again after this time. */
const RESTART_PAUSE_MS = 250;

const STORAGE = "storage/";

/**
 * The API by which a runner works (contract/runner-api.ts). Containers reach it through their Durable Object, processes and
 * remote runners over HTTP; it is the same for all.
 * @param path below the mount point, without a leading slash
 * @param identity the caller; without one, the request is refused
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
      return Response.json(await waitForWork(context, kind, await read(ClaimRequest)));
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

/** Answers a claim as soon as there is a task for its runner, or with `wait` when its time is over. */
export async function waitForWork(
  context: RunnerContext,
  kind: RunnerIdentity["kind"],
  claim: ClaimRequest,
): Promise<ClaimAnswer> {
  const answer = await context.desk.ask(kind, claim).catch((error: unknown) => {
    // A deploy replaces the desk as well.
    if (isTransient(error)) return { type: "wait" as const, pauseMs: RESTART_PAUSE_MS };
    throw error;
  });
  if (answer.type === "task") return handOut(context, answer, claim.runner);
  if (answer.type === "exit") return answer;
  if (answer.pauseMs > 0) await scheduler.wait(answer.pauseMs);
  return { type: "wait" };
}
