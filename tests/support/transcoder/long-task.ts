import { join } from "node:path";
import type { TaskRequest } from "../../../workers/contract/transcodes.ts";
import { type Bench, generate } from "./bench.ts";
import { runTask, SETTINGS } from "./pipeline.ts";

/** A task that takes a second or two and waits where a test wants it to: the whole video in its lowest rendition. */
export interface LongTask {
  /** Makes a new request for each test. */
  request: () => TaskRequest;
  /** How many segments were sent to the storage so far by all runs. */
  segmentsStored: () => number;
  /** Makes every run wait when it stores a segment, until `letGo`. */
  holdSegment: (number: number) => void;
  letGo: () => void;
}

/** Makes a video, and plans it. */
export async function prepareLongTask({ folder, runner, storage }: Bench): Promise<LongTask> {
  const file = join(folder, "long.mp4");
  await generate([
    ...["-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=24", "-c:v", "libx264"],
    ...["-preset", "ultrafast", file],
  ]);
  storage.link("source", file);
  const { outcome } = await runTask(
    runner,
    storage,
    { source: "source" },
    { kind: "plan", settings: SETTINGS, remuxed: false },
  );
  if (outcome.type !== "done" || outcome.result.kind !== "plan") throw new Error("no plan");
  const { plan } = outcome.result;
  const video = plan.tasks.find(({ spec }) => spec.kind === "video")?.spec;
  if (video?.kind !== "video") throw new Error("no video task");
  const { renditions } = video;
  const request: TaskRequest = {
    taskId: "long",
    attempt: 1,
    storage: storage.url,
    inputs: { source: "source" },
    outputs: Object.fromEntries(renditions.map(({ id }) => [id, `long/${id}/`])),
    spec: { ...video, renditions, segmentCount: plan.grid.segmentCount },
  };
  const isOurs = (line: string): boolean => line.startsWith("PUT long/");
  let release = (): void => undefined;
  return {
    request: () => structuredClone(request),
    segmentsStored: () => storage.requests.filter(isOurs).length,
    holdSegment: (number) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const held = `/${String(number).padStart(5, "0")}.m4s`;
      storage.waits = (line) => (isOurs(line) && line.endsWith(held) ? promise : undefined);
      release = () => {
        storage.waits = () => undefined;
        resolve();
      };
    },
    letGo: () => release(),
  };
}
