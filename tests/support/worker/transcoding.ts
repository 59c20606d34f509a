import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import type { TaskEvent } from "../../../workers/contract/task-event.ts";
import {
  type RenditionOutput,
  TaskKind,
  type TaskRequest,
} from "../../../workers/contract/transcodes.ts";
import { catalog, runBatch } from "../../../workers/db/client.ts";
import { runners } from "../../../workers/db/runner-schema.ts";
import { videos } from "../../../workers/db/schema.ts";
import { tasks, transcodes } from "../../../workers/db/transcoding-schema.ts";
import { claimTask } from "../../../workers/db/transcoding/claim.ts";
import type { Task } from "../../../workers/db/transcoding/tasks.ts";
import { startTranscode } from "../../../workers/db/transcoding/transcodes.ts";
import { newId } from "../../../workers/domain/id.ts";
import { planSettings, planTask } from "../../../workers/domain/plan-settings.ts";
import { INIT_SEGMENT_NAME, segmentName } from "../../../workers/domain/segment-names.ts";
import { sourceKey } from "../../../workers/media/storage-keys.ts";
import type { JobContext } from "../../../workers/jobs/job-context.ts";
import { drain } from "../../../workers/jobs/drain.ts";
import { examplePlan, output } from "./plan.ts";
import { serveTaskStorage } from "../../../workers/jobs/task-storage.ts";
import { allSlots, RunnerUnavailable, type Transcoder } from "../../../workers/jobs/transcoder.ts";

export const db = catalog(env);

/** Inserts a queued video with its source in R2 and its plan task in D1. @returns its id */
export async function queuedVideo(ownerId = newId()): Promise<string> {
  const id = newId();
  const now = Date.now();
  const key = sourceKey(id, newId());
  await env.MEDIA.put(key, "the source");
  const video = { id, ownerId, version: 1, sourceKey: key, contentKey: "not used" };
  await runBatch(db, [
    db.insert(videos).values({
      ...video,
      title: "A video",
      state: "queued",
      visibility: "public",
      createdAt: now,
      updatedAt: now,
    }),
    ...startTranscode(db, video, planTask(planSettings(env), false), now),
  ]);
  return id;
}

export async function videoRow(id: string) {
  const [row] = await db.select().from(videos).where(eq(videos.id, id));
  if (!row) throw new Error("no such video");
  return row;
}

export const taskRows = (videoId: string) =>
  db.select().from(tasks).where(eq(tasks.videoId, videoId));

export async function taskRow(videoId: string, name: string) {
  const row = (await taskRows(videoId)).find((task) => task.name === name);
  if (!row) throw new Error(`no task ${name}`);
  return row;
}

const CODECS = ["h264", "av1", "vp9", "aac", "opus"] as const;

/** Claims the next task for a runner that can do everything, the Worker's own tasks included. */
export async function claimAny(runner = "container-0"): Promise<Task> {
  const capabilities = { kinds: TaskKind.options, codecs: CODECS };
  const claim = { runner, capabilities, slots: 10, fleetSlots: 10, now: Date.now() };
  const task = await claimTask(db, claim);
  if (!task) throw new Error("There is nothing to claim.");
  return task;
}

/** Ends all tasks: tests of a file share the database, and must not claim each other's tasks. */
export async function stopEverything(): Promise<void> {
  await db.update(transcodes).set({ state: "failed" });
  await db.update(tasks).set({ state: "dead", runner: null });
  // The faults of an earlier test would put a runner in quarantine.
  await db.delete(runners);
}

type Script = (request: TaskRequest, signal: AbortSignal) => AsyncIterable<TaskEvent> | TaskEvent[];

/** Acts like a transcoder without ffmpeg: reports success for every kind of task, and stores the files that it reports. */
async function* perform(request: TaskRequest): AsyncGenerator<TaskEvent> {
  const { spec } = request;
  yield { type: "progress", ratio: 0 };
  switch (spec.kind) {
    case "plan":
      return yield { type: "done", result: { kind: "plan", plan: examplePlan() } };
    case "remux":
      await store(request, request.outputs.remuxed ?? "", "remuxed");
      return yield { type: "done", result: { kind: "remux" } };
    case "video": {
      const rendered = output(spec.firstSegment, spec.segmentCount);
      for (const { id } of spec.renditions) await storeSegments(request, id, rendered);
      const outputs = Object.fromEntries(spec.renditions.map(({ id }) => [id, rendered]));
      return yield { type: "done", result: { kind: "media", outputs } };
    }
    case "audio": {
      const { firstSegment = 0, segmentCount = 4 - firstSegment } = spec;
      const rendered = output(firstSegment, segmentCount, 48_000);
      await storeSegments(request, spec.rendition.id, rendered);
      return yield {
        type: "done",
        result: { kind: "media", outputs: { [spec.rendition.id]: rendered } },
      };
    }
    case "images":
      for (const name of ["poster.jpg", "storyboard.vtt"])
        await store(request, `${request.outputs.files}${name}`, "image");
      return yield {
        type: "done",
        result: {
          kind: "images",
          poster: "poster.jpg",
          storyboard: "storyboard.vtt",
          preview: null,
        },
      };
    case "download": {
      const file = `video.${spec.format}`;
      await store(request, `${request.outputs.files}${file}`, "file");
      return yield { type: "done", result: { kind: "download", file, bytes: 4 } };
    }
    default:
      throw new Error(`No script for ${spec.kind}.`);
  }
}

async function storeSegments(
  request: TaskRequest,
  rendition: string,
  { firstSegment, segments }: RenditionOutput,
): Promise<void> {
  const folder = request.outputs[rendition];
  await store(request, `${folder}${INIT_SEGMENT_NAME}`, "init");
  for (const index of segments.keys())
    await store(request, `${folder}${segmentName(firstSegment + index)}`, "segment");
}

async function store({ storage }: TaskRequest, path: string, body: string): Promise<void> {
  const url = new URL(`${storage}/${path}`);
  const request = new Request(url, {
    method: "PUT",
    body,
    headers: { "content-length": String(body.length) },
  });
  const response = await serveTaskStorage(request, env, url.pathname.slice(1));
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

/** A fake transcoder: it runs tasks with `perform`, unless a test scripts their kind. */
export class ScriptedTranscoder implements Transcoder {
  readonly slots;
  readonly storage = "http://task-storage.internal";
  readonly requests: TaskRequest[] = [];
  readonly #scripts = new Map<string, Script>();
  /** The highest number of tasks that ran at once. */
  peak = 0;
  #running = 0;
  #refusal: { isUnavailable: (runner: number) => boolean; retryAfterMs: number } | undefined;

  constructor(runners = 2, slotsPerRunner = 1) {
    this.slots = allSlots(runners, slotsPerRunner);
  }

  on(kind: string, script: Script): this {
    this.#scripts.set(kind, script);
    return this;
  }

  /** Makes runners refuse tasks. */
  refuse(isUnavailable: (runner: number) => boolean, retryAfterMs: number): this {
    this.#refusal = { isUnavailable, retryAfterMs };
    return this;
  }

  async *run(runner: number, request: TaskRequest, signal: AbortSignal): AsyncGenerator<TaskEvent> {
    if (this.#refusal?.isUnavailable(runner))
      throw new RunnerUnavailable("It does not respond.", this.#refusal.retryAfterMs);
    this.requests.push(request);
    this.peak = Math.max(this.peak, ++this.#running);
    try {
      yield* (this.#scripts.get(request.spec.kind) ?? perform)(request, signal);
    } finally {
      this.#running--;
    }
  }

  /** The work without a script. */
  static readonly perform = perform;
}

/** A barrier: calls wait until there are `count` of them. */
export function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    if (++arrived === count) resolve();
    return promise;
  };
}

export const jobContext = (transcoder: Transcoder): JobContext => ({ env, db, transcoder });

/** Drains the queue; the work fits into one consumer, so that it wakes no other. */
export function work(transcoder: Transcoder = new ScriptedTranscoder()): Promise<void> {
  return drain(jobContext(transcoder), noOtherConsumer);
}

/** For `drain`, in tests where one consumer must be enough. */
export const noOtherConsumer = (): Promise<never> =>
  Promise.reject(new Error("Another consumer was woken."));
