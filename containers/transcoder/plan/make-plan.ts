import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { Grid, TaskResult, TaskSpec } from "../../../workers/contract/transcodes.ts";
import type { Complexity } from "./complexity.ts";
import { extraCodecs } from "./extras.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import { h264Ladder } from "./ladder.ts";
import { fitLadder } from "./per-title.ts";
import { gridFor, planTasks } from "./plan.ts";
import { isWorthCopying } from "../passthrough/indexed-copy.ts";
import { chooseVideo, findCandidates, MAX_BITRATE_RATIO } from "../passthrough/plan-copy.ts";
import { judgeInterlacing } from "../probe/interlacing.ts";
import { gridRate } from "../probe/source-info.ts";
import { surplusNotices } from "./surplus-tracks.ts";
import { sampleComplexity, sampleDetail } from "./sample-complexity.ts";
import { probeSource } from "../probe/probe.ts";

export type PlanSpec = Extract<TaskSpec, { kind: "plan" }>;

/** Samples frames from across the video: whether they are interlaced, and how many bits they need. */
async function examineFrames(
  run: TaskRun,
  probed: SourceInfo,
  grid: Grid,
  isProgressive: boolean,
): Promise<{ source: SourceInfo; complexity: Complexity }> {
  const [interlacing, sampled] = await Promise.all([
    isProgressive ? { interlaced: false } : judgeInterlacing(run, probed),
    sampleComplexity(run, probed, grid),
  ]);
  const source = { ...probed, video: { ...probed.video, ...interlacing } };
  // Combed frames seem to need more bits than they really do.
  const complexity =
    source.video.interlaced === probed.video.interlaced
      ? sampled
      : await sampleComplexity(run, source, grid);
  return { source, complexity };
}

/**
 * Probes the source and plans its tasks.
 *
 * @throws TaskFailure when the source cannot be encoded
 */
export async function makePlan(run: TaskRun, { settings, remuxed }: PlanSpec): Promise<TaskResult> {
  const probe = await probeSource(run, settings, remuxed);
  const mayCopy = settings.passthrough && !settings.alwaysEncode;
  if (probe.type === "remux-first")
    return {
      kind: "remux-first",
      demuxer: probe.demuxer,
      ...(mayCopy && { mp4: "first" as const }),
    };
  const { source: probed, notices, chapters } = probe;
  const grid = gridFor(gridRate(probed.video), probed.duration, settings.segmentSeconds);
  const wholeLadder = h264Ladder(probed.video, grid.frameRate);
  const candidates = settings.passthrough
    ? await findCandidates(run, probed, grid, settings)
    : undefined;
  const isWithoutIndex = candidates?.video === "container";
  const top = wholeLadder.at(-1);
  if (
    isWithoutIndex &&
    !remuxed &&
    isWorthCopying(probed, chapters.length > 0, top, MAX_BITRATE_RATIO)
  )
    return { kind: "remux-first", demuxer: probed.demuxer, mp4: "only" };
  const choice =
    candidates &&
    (await chooseVideo(candidates, probed, wholeLadder, (maxPixels) =>
      sampleDetail(run, probed, grid, maxPixels),
    ));
  // A video that may be copied has no fields.
  const isProgressive = candidates !== undefined && typeof candidates.video !== "string";
  const { source, complexity } =
    choice?.complexity === undefined
      ? await examineFrames(run, probed, grid, isProgressive)
      : { source: probed, complexity: choice.complexity };
  const ladder = fitLadder(wholeLadder, complexity);
  const codecs = extraCodecs(settings.secondCodec, run.capabilities.encoders);
  const plan = planTasks(source, grid, ladder, settings, codecs, {
    ...choice,
    ...(candidates && { isAudioCopyable: candidates.isAudioCopyable }),
  });
  const allNotices = [...notices, ...surplusNotices(source), ...(choice?.notices ?? [])];
  return {
    kind: "plan",
    plan: {
      ...plan,
      ...(allNotices.length > 0 && { notices: allNotices }),
      ...(chapters.length > 0 && { chapters }),
    },
  };
}
