import { env } from "cloudflare:workers";
import type { TaskEvent } from "../../../workers/contract/task-event.ts";
import type { RenditionOutput, TaskRequest } from "../../../workers/contract/transcodes.ts";
import { INIT_SEGMENT_NAME, segmentName } from "../../../workers/domain/tasks/segment-names.ts";
import { serveTaskStorage } from "../../../workers/jobs/tasks/task-storage.ts";
import { examplePlan, output } from "./plan.ts";

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
    case "edit":
      await store(request, request.outputs.remuxed ?? `${request.outputs.files}part.mp4`, "edited");
      return yield { type: "done", result: { kind: spec.part ? "edited" : "remux" } };
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
  const response = await serveTaskStorage(request, env, url.pathname.slice(1), null);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

/** Fake runners: they do tasks with `perform` unless a test scripts that kind of task. */
export class ScriptedTranscoder {
  /** Ids of the runners, and how many tasks each runs at once. */
  readonly runners: readonly string[];
  readonly slotsPerRunner: number;
  readonly requests: TaskRequest[] = [];
  readonly #scripts = new Map<string, Script>();
  /** The highest number of tasks that ran at once. */
  peak = 0;
  #running = 0;

  constructor(runners = 2, slotsPerRunner = 1) {
    this.runners = Array.from({ length: runners }, (_, index) => `local-${index}`);
    this.slotsPerRunner = slotsPerRunner;
  }

  on(kind: string, script: Script): this {
    this.#scripts.set(kind, script);
    return this;
  }

  async *run(request: TaskRequest, signal: AbortSignal): AsyncGenerator<TaskEvent> {
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

  /**
   * The same, but nothing is reported before the end, so the attempt does not learn of anything that happens meanwhile.
   */
  static async *performSilently(request: TaskRequest): AsyncGenerator<TaskEvent> {
    const events: TaskEvent[] = [];
    for await (const event of perform(request)) events.push(event);
    yield* events.slice(-1);
  }
}
