import { TaskEvent } from "../contract/task-event.ts";
import { type TaskRequest } from "../contract/transcodes.ts";
import { allSlots, type RunnerSlot } from "../domain/next-task.ts";
import { STORAGE_HOST } from "./runner.ts";

/** Runners that encode. Two kinds: containers behind their Durable Objects, and local processes by URL. */
export interface Transcoder {
  /** Every place a task can run at. */
  readonly slots: readonly RunnerSlot[];
  /** Base URL of task storage as the runners reach it, without a trailing slash. */
  readonly storage: string;
  /**
   * Starts a task on a runner and yields what it reports, `done` or `failed` last.
   * @throws RunnerUnavailable when the runner did not take the task; any other error when it broke off
   */
  run(runner: number, request: TaskRequest, signal: AbortSignal): AsyncIterable<TaskEvent>;
}

/** The runner is full, shutting down, or does not answer: no fault of the task. */
export class RunnerUnavailable extends Error {
  /** Milliseconds after which it may be asked again. */
  readonly retryAfter: number;

  constructor(reason: string, retryAfter: number, cause?: unknown) {
    super(reason, { cause });
    this.name = "RunnerUnavailable";
    this.retryAfter = retryAfter;
  }
}

type TranscoderEnv = Pick<
  Env,
  "RUNNER" | "RUNNERS" | "SLOTS_PER_RUNNER" | "TRANSCODER_URLS" | "TASK_STORAGE_URL"
>;

/** Local processes where `TRANSCODER_URLS` names them, containers otherwise. */
export function transcoderOf(env: TranscoderEnv): Transcoder {
  const urls = localTranscoders(env);
  const perRunner = Number(env.SLOTS_PER_RUNNER);
  if (urls.length > 0) {
    return overHttp(allSlots(urls.length, perRunner), env.TASK_STORAGE_URL, (runner, init) =>
      fetch(`${urls[runner]}/tasks`, init),
    );
  }
  return overHttp(
    allSlots(Number(env.RUNNERS), perRunner),
    `http://${STORAGE_HOST}`,
    (runner, init) => env.RUNNER.getByName(`runner-${runner}`).fetch("http://runner/tasks", init),
  );
}

/** URLs of the local transcoder processes, one runner each; none in production. */
export function localTranscoders(env: Pick<Env, "TRANSCODER_URLS">): string[] {
  return env.TRANSCODER_URLS.split(",").flatMap((url) => url.trim().replace(/\/$/, "") || []);
}

type Post = (runner: number, init: RequestInit) => Promise<Response>;

function overHttp(slots: readonly RunnerSlot[], storage: string, post: Post): Transcoder {
  return {
    slots,
    storage,
    async *run(runner, request, signal) {
      const body = await start(runner, request, signal, post);
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

/** Milliseconds to leave a runner alone that does not answer or is shutting down. */
const UNREACHABLE_PAUSE = 10_000;

async function start(
  runner: number,
  request: TaskRequest,
  signal: AbortSignal,
  post: Post,
): Promise<ReadableStream<Uint8Array>> {
  const headers = { "content-type": "application/json" };
  let response: Response;
  try {
    response = await post(runner, {
      method: "POST",
      headers,
      body: JSON.stringify(request),
      signal,
    });
  } catch (cause) {
    throw new RunnerUnavailable(`Runner ${runner} does not answer.`, UNREACHABLE_PAUSE, cause);
  }
  if (response.status === 429 || response.status === 503) {
    await response.body?.cancel();
    const seconds = Number(response.headers.get("retry-after"));
    const pause = seconds > 0 ? seconds * 1000 : UNREACHABLE_PAUSE;
    throw new RunnerUnavailable(`Runner ${runner} takes no task (${response.status}).`, pause);
  }
  if (!response.ok || !response.body) {
    throw new Error(
      `Runner ${runner} answered ${response.status}: ${(await response.text()).slice(0, 500)}`,
    );
  }
  return response.body;
}
