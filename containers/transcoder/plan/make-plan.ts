import type { TaskResult, TaskSpec } from "../../../workers/contract/transcodes.ts";
import { extraCodecs } from "./extras.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import { h264Ladder } from "./ladder.ts";
import { fitLadder } from "./per-title.ts";
import { gridFor, planTasks } from "./plan.ts";
import { judgeInterlacing } from "../probe/interlacing.ts";
import { gridRate } from "../probe/source-info.ts";
import { sampleComplexity } from "./sample-complexity.ts";
import { probeSource } from "../probe/probe.ts";

export type PlanSpec = Extract<TaskSpec, { kind: "plan" }>;

/**
 * Probes the source and plans its tasks.
 *
 * @throws TaskFailure when the source cannot be encoded
 */
export async function makePlan(run: TaskRun, { settings, remuxed }: PlanSpec): Promise<TaskResult> {
  const probe = await probeSource(run, settings, remuxed);
  if (probe.type === "remux-first") return { kind: "remux-first", demuxer: probe.demuxer };
  const { source: probed, notices } = probe;
  const grid = gridFor(gridRate(probed.video), probed.duration, settings.segmentSeconds);
  const [interlacing, sampled] = await Promise.all([
    judgeInterlacing(run, probed),
    sampleComplexity(run, probed, grid),
  ]);
  const source = { ...probed, video: { ...probed.video, ...interlacing } };
  // Combed frames seem to need more bits than they do.
  const complexity =
    source.video.interlaced === probed.video.interlaced
      ? sampled
      : await sampleComplexity(run, source, grid);
  const ladder = fitLadder(h264Ladder(source.video, grid.frameRate), complexity);
  const codecs = extraCodecs(settings.secondCodec, run.capabilities.encoders);
  const plan = planTasks(source, grid, ladder, settings, codecs);
  return { kind: "plan", plan: notices.length > 0 ? { ...plan, notices } : plan };
}
