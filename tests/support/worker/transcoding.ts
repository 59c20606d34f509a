import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import type { TaskEvent } from "../../../workers/contract/task-event.ts";
import type { RenditionOutput, TaskRequest } from "../../../workers/contract/transcodes.ts";
import { catalog, runBatch } from "../../../workers/db/client.ts";
import { tasks, transcodes, videos } from "../../../workers/db/schema.ts";
import { startTranscode } from "../../../workers/db/transcoding/transcodes.ts";
import { newId } from "../../../workers/domain/id.ts";
import { allSlots } from "../../../workers/domain/next-task.ts";
import { planSettings, planTask } from "../../../workers/domain/plan-settings.ts";
import { INIT_SEGMENT_NAME, segmentName } from "../../../workers/domain/segment-names.ts";
import { sourceKey } from "../../../workers/media/storage-keys.ts";
import type { JobContext } from "../../../workers/jobs/context.ts";
import { drain } from "../../../workers/jobs/drain.ts";
import { examplePlan, output } from "./plan.ts";
import { serveTaskStorage } from "../../../workers/jobs/task-storage.ts";
import { RunnerUnavailable, type Transcoder } from "../../../workers/jobs/transcoder.ts";

export const db = catalog(env);

/** A video whose upload is complete: queued, with its source in R2 and its plan task in D1. */
export async function queuedVideo(ownerId = newId()): Promise<string> {
  const id = newId();
  const now = Date.now();
  const key = sourceKey(id, newId());
  await env.MEDIA.put(key, "the source");
  const video = { id, ownerId, version: 1, sourceKey: key, contentKey: "not used" };
  await runBatch(db, [
    db.insert(videos).values({
      ...video,
      title: "A film",
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

/** Tests of one file share the database: nothing of an earlier one may be claimed by the next. */
export async function stopEverything(): Promise<void> {
  await db.update(transcodes).set({ state: "failed" });
  await db.update(tasks).set({ state: "dead", runner: null, slot: null });
}

type Script = (request: TaskRequest, signal: AbortSignal) => AsyncIterable<TaskEvent> | TaskEvent[];

/** Does what a transcoder does, at once and without ffmpeg: answers every kind, and stores what it claims to have made. */
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
      const made = output(spec.firstSegment, spec.segmentCount);
      for (const { id } of spec.renditions) await storeSegments(request, id, made);
      const outputs = Object.fromEntries(spec.renditions.map(({ id }) => [id, made]));
      return yield { type: "done", result: { kind: "media", outputs } };
    }
    case "audio": {
      const { firstSegment = 0, segmentCount = 4 - firstSegment } = spec;
      const made = output(firstSegment, segmentCount, 48_000);
      await storeSegments(request, spec.rendition.id, made);
      return yield {
        type: "done",
        result: { kind: "media", outputs: { [spec.rendition.id]: made } },
      };
    }
    case "images":
      await store(request, `${request.outputs.files}poster.jpg`, "poster");
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
      const file = `film.${spec.format}`;
      await store(request, `${request.outputs.files}${file}`, "film");
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

/** A transcoder in the test: tasks run as `perform` says, except those that a test scripts by name or kind. */
export class ScriptedTranscoder implements Transcoder {
  readonly slots;
  readonly storage = "http://task-storage.internal";
  readonly requests: TaskRequest[] = [];
  readonly #scripts = new Map<string, Script>();
  /** How many tasks ran at once at most. */
  peak = 0;
  #running = 0;
  #refusal: { isOut: (runner: number) => boolean; retryAfter: number } | undefined;

  constructor(runners = 2, slotsPerRunner = 1) {
    this.slots = allSlots(runners, slotsPerRunner);
  }

  on(kind: string, script: Script): this {
    this.#scripts.set(kind, script);
    return this;
  }

  /** Runners that take no task for a while. */
  refuse(isOut: (runner: number) => boolean, retryAfter: number): this {
    this.#refusal = { isOut, retryAfter };
    return this;
  }

  async *run(runner: number, request: TaskRequest, signal: AbortSignal): AsyncGenerator<TaskEvent> {
    if (this.#refusal?.isOut(runner))
      throw new RunnerUnavailable("It is out of reach.", this.#refusal.retryAfter);
    this.requests.push(request);
    this.peak = Math.max(this.peak, ++this.#running);
    try {
      yield* (this.#scripts.get(request.spec.kind) ?? perform)(request, signal);
    } finally {
      this.#running--;
    }
  }

  /** The same work as without a script. */
  static readonly perform = perform;
}

/** A point that nobody passes before `count` have come to it. */
export function gate(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let come = 0;
  return () => {
    if (++come === count) resolve();
    return promise;
  };
}

export const jobsWith = (transcoder: Transcoder): JobContext => ({ env, db, transcoder });

/** Works off what is queued, in time: no other consumer is asked to go on. */
export const work = (transcoder: Transcoder = new ScriptedTranscoder()): Promise<void> =>
  drain(jobsWith(transcoder), () => Promise.reject(new Error("no other consumer is needed")));
