import { compareTasks } from "../../../workers/domain/tasks/task-order.ts";
import { MAX_TASK_SECONDS } from "../../../workers/domain/tasks/task-time.ts";
import type { Runner } from "../../../containers/transcoder/runtime/runner.ts";
import type { TaskEvent } from "../../../workers/contract/task-event.ts";
import {
  type Plan,
  type PlanSettings,
  type RenditionOutput,
  type TaskRequest,
  type TaskResult,
  type TaskSpec,
} from "../../../workers/contract/transcodes.ts";
import type { StorageServer } from "./storage-server.ts";

export const SETTINGS: PlanSettings = {
  segmentSeconds: 4,
  loudness: true,
  audioUploads: true,
  secondCodec: "none",
  // If sources were copied, the tests of encoding would test nothing.
  passthrough: false,
  alwaysEncode: false,
  parallelism: 2,
  limits: {
    maxDuration: 43_200,
    maxPixels: 36_000_000,
    maxStreams: 128,
    maxFrameRate: 1000,
    maxTaskSeconds: MAX_TASK_SECONDS,
    maxOutputBytes: 1 << 30,
  },
};

export type Outcome =
  | { type: "done"; result: TaskResult }
  | { type: "failed"; code: string; permanent: boolean };

let sequence = 0;

/** Where a task's outputs go: one folder per task, in it one per rendition. */
function outputsOf(folder: string, spec: TaskSpec): Record<string, string> {
  if (spec.kind === "remux" || (spec.kind === "edit" && !spec.part))
    return { remuxed: `${folder}/remuxed` };
  if (spec.kind === "video")
    return Object.fromEntries(spec.renditions.map(({ id }) => [id, `${folder}/${id}/`]));
  if (spec.kind === "audio") return { [spec.rendition.id]: `${folder}/${spec.rendition.id}/` };
  return { files: `${folder}/files/` };
}

/** Runs tasks: a transcoder in this process, or one in a separate process. */
export type TaskHost = Pick<Runner, "run">;

export interface Finished {
  outcome: Outcome;
  events: TaskEvent[];
  outputs: Record<string, string>;
}

/** Makes the transcoder run one task and waits for its end. */
export async function runTask(
  runner: TaskHost,
  storage: StorageServer,
  inputs: Record<string, string>,
  spec: TaskSpec,
  signal?: AbortSignal,
): Promise<Finished> {
  sequence += 1;
  const outputs = outputsOf(`task-${sequence}`, spec);
  const request: TaskRequest = {
    taskId: `task-${sequence}`,
    attempt: 1,
    storage: storage.url,
    inputs,
    outputs,
    spec,
  };
  const events: TaskEvent[] = [];
  const lost = signal ?? new AbortController().signal;
  await runner.run(request, lost, (event) => events.push(event));
  const last = events.at(-1);
  if (last?.type !== "done" && last?.type !== "failed")
    throw new Error("the task ended without an outcome");
  return { outcome: last, events, outputs };
}

/** A rendition's init segment and media segments, in order, as paths in the storage. */
export interface Track {
  init: string;
  segments: string[];
  outputs: RenditionOutput[];
}

export type TranscodeOutcome =
  | { type: "failed"; code: string; task: string }
  | {
      type: "done";
      plan: Plan;
      tracks: Record<string, Track>;
      results: Record<string, Finished>;
      source: string;
    };

/** Which tasks of a plan to run. @param rendition of a video or audio task */
export type Keep = (kind: TaskSpec["kind"], plan: Plan, rendition?: string) => boolean;

const isLowest = ({ renditions }: Plan, id: string | undefined): boolean =>
  id === renditions[0]?.id;

/** Only the lowest rendition of the video, since all are encoded alike. */
export const LOWEST: Keep = (kind, plan, id) => kind !== "video" || isLowest(plan, id);
/** Also without images and captions. */
export const LOWEST_WITH_AUDIO: Keep = (kind, plan, id) =>
  kind === "audio" || (kind === "video" && isLowest(plan, id));
export const ONLY_LOWEST: Keep = (kind, plan, id) => kind === "video" && isLowest(plan, id);

/** Reduces a task to some of its renditions; undefined if none is left. */
function narrow(spec: TaskSpec, plan: Plan, keep: Keep): TaskSpec | undefined {
  if (spec.kind === "audio") return keep(spec.kind, plan, spec.rendition.id) ? spec : undefined;
  if (spec.kind !== "video") return keep(spec.kind, plan) ? spec : undefined;
  const renditions = spec.renditions.filter(({ id }) => keep(spec.kind, plan, id));
  return renditions.length === 0 ? undefined : { ...spec, renditions };
}

/** How planning ended, in which task, and the source to encode. */
export interface Planned {
  outcome: Outcome;
  task: "plan" | "remux";
  source: string;
}

/** Plans a source as the Worker does, remuxing it first if the plan asks for it. */
export async function planSource(
  runner: TaskHost,
  storage: StorageServer,
  source: string,
  settings: PlanSettings = SETTINGS,
): Promise<Planned> {
  const plan = { kind: "plan" as const, settings };
  function run(input: string, spec: TaskSpec): Promise<Finished> {
    return runTask(runner, storage, { source: input }, spec);
  }
  const { outcome } = await run(source, { ...plan, remuxed: false });
  if (outcome.type === "failed" || outcome.result.kind !== "remux-first")
    return { outcome, task: "plan", source };
  const { demuxer, mp4 } = outcome.result;
  const remuxed = await run(source, {
    kind: "remux",
    demuxer,
    picture: settings.audioUploads ?? false,
    ...(mp4 && { mp4 }),
    limits: settings.limits,
  });
  if (remuxed.outcome.type === "failed") return { outcome: remuxed.outcome, task: "remux", source };
  const { result } = remuxed.outcome;
  const isUnchanged = result.kind === "remux" && result.isUnchanged === true;
  const copy = isUnchanged ? source : (remuxed.outputs["remuxed"] ?? "");
  const again = await run(copy, { ...plan, remuxed: true });
  return { outcome: again.outcome, task: "plan", source: copy };
}

/**
 * Runs every task of a planned source, in the Worker's order.
 * @param keep picks the tasks and renditions that a test checks, to save time
 */
export async function encodePlanned(
  runner: TaskHost,
  storage: StorageServer,
  { outcome, task, source }: Planned,
  keep: Keep = () => true,
): Promise<TranscodeOutcome> {
  if (outcome.type === "failed") return { type: "failed", code: outcome.code, task };
  if (outcome.result.kind !== "plan") throw new Error(`planning returned ${outcome.result.kind}`);
  const { plan } = outcome.result;
  const results: Record<string, Finished> = {};
  const tracks: Record<string, Track> = {};
  const ordered = plan.tasks.filter(({ spec }) => spec.kind !== "finish").toSorted(compareTasks);
  for (const { name, spec: whole } of ordered) {
    const spec = narrow(whole, plan, keep);
    if (spec === undefined) continue;
    const finished = await runTask(runner, storage, { source }, spec);
    if (finished.outcome.type === "failed")
      return { type: "failed", code: finished.outcome.code, task: name };
    results[name] = finished;
    if (finished.outcome.result.kind !== "media") continue;
    for (const [id, output] of Object.entries(finished.outcome.result.outputs)) {
      const prefix = finished.outputs[id] ?? "";
      const track = (tracks[id] ??= { init: `${prefix}init.mp4`, segments: [], outputs: [] });
      track.outputs.push(output);
      track.segments.push(
        ...output.segments.map(
          (_, index) => `${prefix}${String(output.firstSegment + index).padStart(5, "0")}.m4s`,
        ),
      );
    }
  }
  return { type: "done", plan, tracks, results, source };
}

/** Plans a source and runs every task of the plan. */
export async function transcode(
  runner: TaskHost,
  storage: StorageServer,
  source: string,
  settings: PlanSettings = SETTINGS,
  keep?: Keep,
): Promise<TranscodeOutcome> {
  return encodePlanned(runner, storage, await planSource(runner, storage, source, settings), keep);
}
