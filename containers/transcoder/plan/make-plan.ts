import type { TaskResult, TaskSpec } from "../../../workers/contract/transcode.ts";
import { extraCodecs } from "./extras.ts";
import type { Job } from "../runtime/task-run.ts";
import { h264Ladder } from "./ladder.ts";
import { fitLadder } from "./per-title.ts";
import { gridFor, planTasks } from "./plan.ts";
import { gridRate } from "../probe/probe-facts.ts";
import { sampleComplexity } from "./sample-complexity.ts";
import { probeSource } from "../probe/probe.ts";

export type PlanSpec = Extract<TaskSpec, { kind: "plan" }>;

/**
 * Looks at the source and writes the list of tasks.
 *
 * @throws TaskFailure when the source cannot be encoded
 */
export const makePlan = async (job: Job, { settings, remuxed }: PlanSpec): Promise<TaskResult> => {
  const probe = await probeSource(job, settings.limits, remuxed);
  if (probe.type === "remux-first") return { kind: "remux-first", demuxer: probe.demuxer };
  const { source } = probe;
  const grid = gridFor(gridRate(source.video), source.duration, settings.segmentSeconds);
  const complexity = await sampleComplexity(job, source, grid);
  const ladder = fitLadder(h264Ladder(source.video, grid.frameRate), complexity);
  const codecs = extraCodecs(settings.secondCodec, job.capabilities.encoders);
  return { kind: "plan", plan: planTasks(source, grid, ladder, settings, codecs) };
};
