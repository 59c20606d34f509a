import type { SourceInfo } from "../../contract/source.ts";
import type { Grid, PlanSettings, VideoRendition } from "../../contract/transcodes.ts";

/** Parameters that determine the length of chunks. */
type Parallelism = Pick<PlanSettings, "parallelism" | "isBusy">;

/** Consecutive segments of some renditions, which one task encodes with one decode. */
export interface Chunk {
  firstSegment: number;
  segmentCount: number;
  /** Same as in the task's spec. */
  cuts?: number[];
  renditions: VideoRendition[];
}

const MAX_CHUNK_SEGMENTS = 30;
/** A chunk takes at most one half of the remaining segments per slot. */
const CHUNKS_PER_SLOT = 2;
/** The pixels that one slow core encodes as H.264, over all renditions. */
const SLOW_CORE_PIXELS_PER_SECOND = 15_000_000;
/** Processor time relative to H.264, measured with one thread: 0.7 s, 5.1 s (VP9) and 5.3 s (AV1) for 3 s of 480p. */
const CODEC_COST = { h264: 1, vp9: 8, av1: 8 } as const;
/** Tone mapping takes as long as encoding H.264: 5.0 s instead of 2.5 s for 2 s of 1080p, without decoding. */
const TONE_MAPPING_COST = 1;
/** On a slow core: long enough to justify starting a process, seeking, and decoding the frames before the cut. */
const MIN_CHUNK_WORK_SECONDS = 20;
/** For small frames, of which any number of segments would be less work than that. */
const MIN_CHUNK_SEGMENTS = 4;
/** While every slot has work, no chunk starts earlier for being short: longer ones save starts, claims and rows. */
const BUSY_LENGTH = 4;
/** On a slow core: short enough to end within the time limit of a task, with a margin. */
export const MAX_CHUNK_WORK_SECONDS = 360;

/** How many seconds a slow core takes for one segment of all the given renditions. */
export function segmentWork(
  { video }: Pick<SourceInfo, "video">,
  { framesPerSegment }: Pick<Grid, "framesPerSegment">,
  renditions: readonly VideoRendition[],
): number {
  const toneMapping = video.range === "sdr" ? 0 : TONE_MAPPING_COST;
  const pixels = renditions.reduce(
    (sum, { width, height, codec }) => sum + width * height * (CODEC_COST[codec] + toneMapping),
    0,
  );
  return (pixels * framesPerSegment) / SLOW_CORE_PIXELS_PER_SECOND;
}

/**
 * Groups renditions that are encoded together: all of them, unless a single segment of all would exceed a task's
 * time.
 */
export function renditionGroups(
  source: Pick<SourceInfo, "video">,
  grid: Grid,
  renditions: readonly VideoRendition[],
): VideoRendition[][] {
  const groups: VideoRendition[][] = [];
  for (const rendition of renditions) {
    const joined = [...(groups.pop() ?? []), rendition];
    if (segmentWork(source, grid, joined) <= MAX_CHUNK_WORK_SECONDS) groups.push(joined);
    else groups.push(...[joined.slice(0, -1), [rendition]].filter((group) => group.length > 0));
  }
  return groups;
}

/** The maximum number of segments per task, at least one. @param work seconds per segment on a slow core */
export function longestChunk(work: number): number {
  return Math.max(1, Math.min(MAX_CHUNK_SEGMENTS, Math.floor(MAX_CHUNK_WORK_SECONDS / work)));
}

/**
 * Chunk lengths, in segments. A chunk takes a share of the remaining segments per slot, so that chunks get shorter
 * towards the end and the slots finish together (guided self-scheduling). It is also no longer than a share of the
 * segments before it, so that viewers who are already watching get the next segments early. No chunk is so short that
 * starting and seeking dominate, or so long that it exceeds the time limit of a task.
 *
 * @param segments how many segments to divide
 * @param parallelism slots that encode at once, and whether all of them have work
 * @param work seconds per segment on a slow core
 */
export function chunkLengths(
  segments: number,
  { parallelism, isBusy = false }: Parallelism,
  work: number,
): number[] {
  const longest = longestChunk(work);
  const unit = isBusy ? BUSY_LENGTH : 1;
  const worthIt = Math.ceil((unit * MIN_CHUNK_WORK_SECONDS) / work);
  const shortest = Math.min(longest, unit * MIN_CHUNK_SEGMENTS, worthIt);
  const lengths: number[] = [];
  for (let done = 0; done < segments;) {
    const left = segments - done;
    const share = Math.ceil(Math.min(done, left / CHUNKS_PER_SLOT) / parallelism);
    const length = Math.min(left, longest, Math.max(shortest, share));
    lengths.push(length);
    done += length;
  }
  return lengths;
}

/**
 * Consecutive segments as the part of a task's spec that names them.
 *
 * @param cuts of the whole video, if its segments differ in length
 */
export function segmentRange(
  firstSegment: number,
  segmentCount: number,
  cuts: readonly number[] | undefined,
): Omit<Chunk, "renditions"> {
  const range = { firstSegment, segmentCount };
  return cuts === undefined
    ? range
    : { ...range, cuts: cuts.slice(firstSegment, firstSegment + segmentCount + 1) };
}

/** Divides the segments from `from` to the end into chunks, in playback order. @param cuts as in `segmentRange` */
export function cutChunks(
  source: Pick<SourceInfo, "video">,
  grid: Grid,
  renditions: readonly VideoRendition[],
  parallelism: Parallelism,
  from = 0,
  cuts?: readonly number[],
): Chunk[] {
  return renditionGroups(source, grid, renditions)
    .flatMap((group) => {
      const work = segmentWork(source, grid, group);
      let firstSegment = from;
      return chunkLengths(grid.segmentCount - from, parallelism, work).map((segmentCount) => {
        const chunk = { ...segmentRange(firstSegment, segmentCount, cuts), renditions: group };
        firstSegment += segmentCount;
        return chunk;
      });
    })
    .toSorted((left, right) => left.firstSegment - right.firstSegment);
}
