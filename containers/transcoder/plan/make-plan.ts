import type { TaskResult, TaskSpec } from "../../../workers/contract/transcodes.ts";
import { extraCodecs } from "./extras.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import { h264Ladder } from "./ladder.ts";
import { fitLadder } from "./per-title.ts";
import { gridFor, planTasks } from "./plan.ts";
import { chooseVideo, findCandidates } from "../passthrough/plan-copy.ts";
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
  const { source: probed, notices, chapters } = probe;
  const grid = gridFor(gridRate(probed.video), probed.duration, settings.segmentSeconds);
  const candidates = settings.passthrough
    ? await findCandidates(run, probed, grid, settings)
    : undefined;
  // A video that may be copied has no coded fields.
  const isProgressive = candidates !== undefined && typeof candidates.video !== "string";
  const [interlacing, sampled] = await Promise.all([
    isProgressive ? { interlaced: false } : judgeInterlacing(run, probed),
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
  const choice =
    candidates &&
    (await chooseVideo(candidates, source, ladder, complexity, () =>
      sampleComplexity(run, source, grid, source.video.width * source.video.height),
    ));
  const plan = planTasks(source, grid, ladder, settings, codecs, {
    ...choice,
    ...(candidates && { isAudioCopyable: candidates.isAudioCopyable }),
  });
  const allNotices = [...notices, ...(choice?.notices ?? [])];
  return {
    kind: "plan",
    plan: {
      ...plan,
      ...(allNotices.length > 0 && { notices: allNotices }),
      ...(chapters.length > 0 && { chapters }),
    },
  };
}
