import { TaskEvent } from "../contract/task-event.ts";
import type { TaskRequest } from "../contract/transcodes.ts";
import { STORAGE_HOST } from "./runner.ts";

/** One slot of one runner; it runs one task at a time. */
export interface RunnerSlot {
  runner: number;
  slot: number;
}

const RUNNER_ID_PREFIX = "container-";

/** The id of a runner, by which tasks name it. */
export const runnerId = (number: number): string => `${RUNNER_ID_PREFIX}${number}`;

export const runnerNumber = (id: string | null): number =>
  Number(id?.slice(RUNNER_ID_PREFIX.length) ?? 0);

/** All slots of a deployment, in the order in which an idle deployment fills them. */
export function allSlots(runners: number, slotsPerRunner: number): RunnerSlot[] {
  return Array.from({ length: runners * slotsPerRunner }, (_, index) => ({
    runner: index % runners,
    slot: Math.floor(index / runners),
  }));
}

/** The runners that encode: containers behind their Durable Objects, or local processes. */
export interface Transcoder {
  /** Every slot of every runner. */
  readonly slots: readonly RunnerSlot[];
  /** Base URL of task storage for the runners, without a trailing slash. */
  readonly storage: string;
  /**
   * Starts a task on a runner and yields its reports, `done` or `failed` last.
   * @throws RunnerUnavailable when the runner did not take the task, any other error when the connection broke off
   */
  run(runner: number, request: TaskRequest, signal: AbortSignal): AsyncIterable<TaskEvent>;
}

/** The runner is full, is shutting down, or does not respond. The task is not at fault. */
export class RunnerUnavailable extends Error {
  readonly retryAfterMs: number;

  constructor(reason: string, retryAfterMs: number, cause?: unknown) {
    super(reason, { cause });
    this.name = "RunnerUnavailable";
    this.retryAfterMs = retryAfterMs;
  }
}

type TranscoderEnv = Pick<
  Env,
  "RUNNER" | "RUNNERS" | "SLOTS_PER_RUNNER" | "TRANSCODER_URLS" | "TASK_STORAGE_URL"
>;

/** Local processes if `TRANSCODER_URLS` names any, containers otherwise. */
export function transcoderOf(env: TranscoderEnv): Transcoder {
  const urls = localTranscoders(env);
  const slotsPerRunner = Number(env.SLOTS_PER_RUNNER);
  if (urls.length > 0) {
    return overHttp(allSlots(urls.length, slotsPerRunner), env.TASK_STORAGE_URL, (runner, init) =>
      fetch(`${urls[runner]}/tasks`, init),
    );
  }
  return overHttp(
    allSlots(Number(env.RUNNERS), slotsPerRunner),
    `http://${STORAGE_HOST}`,
    (runner, init) => env.RUNNER.getByName(`runner-${runner}`).fetch("http://runner/tasks", init),
  );
}

/** URLs of the local transcoder processes, each of which is a runner. There are none in production. */
export function localTranscoders(env: Pick<Env, "TRANSCODER_URLS">): string[] {
  return env.TRANSCODER_URLS.split(",").flatMap((url) => url.trim().replace(/\/$/, "") || []);
}

/** Sends a request to the task endpoint of a runner. */
type PostTask = (runner: number, init: RequestInit) => Promise<Response>;

function overHttp(slots: readonly RunnerSlot[], storage: string, postTask: PostTask): Transcoder {
  return {
    slots,
    storage,
    async *run(runner, request, signal) {
      const body = await startTask(runner, request, signal, postTask);
      for await (const line of lines(body)) yield TaskEvent.parse(JSON.parse(line));
    },
  };
}

/** The lines of a stream of UTF-8 text, without line ends and without empty lines. */
async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    yield* parts.filter((line) => line.trim() !== "");
  }
  if (rest.trim() !== "") yield rest;
}

/** How long to avoid a runner that does not respond or is shutting down. */
const UNREACHABLE_RETRY_MS = 10_000;

async function startTask(
  runner: number,
  request: TaskRequest,
  signal: AbortSignal,
  postTask: PostTask,
): Promise<ReadableStream<Uint8Array>> {
  const headers = { "content-type": "application/json" };
  let response: Response;
  try {
    response = await postTask(runner, {
      method: "POST",
      headers,
      body: JSON.stringify(request),
      signal,
    });
  } catch (cause) {
    throw new RunnerUnavailable(`Runner ${runner} does not respond.`, UNREACHABLE_RETRY_MS, cause);
  }
  if (response.status === 429 || response.status === 503) {
    await response.body?.cancel();
    const seconds = Number(response.headers.get("retry-after"));
    const retryAfterMs = seconds > 0 ? seconds * 1000 : UNREACHABLE_RETRY_MS;
    throw new RunnerUnavailable(
      `Runner ${runner} takes no task (${response.status}).`,
      retryAfterMs,
    );
  }
  if (!response.ok || !response.body) {
    throw new Error(
      `Runner ${runner} answered ${response.status}: ${(await response.text()).slice(0, 500)}`,
    );
  }
  return response.body;
}
