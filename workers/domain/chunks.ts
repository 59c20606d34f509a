import type { SourceInfo } from "../contract/source.ts";
import type { Grid, VideoRendition } from "../contract/transcode.ts";

/** Consecutive segments of some rungs, which one task encodes with one decode. */
export type Chunk = {
  firstSegment: number;
  segmentCount: number;
  renditions: VideoRendition[];
};

const MAX_CHUNK_SEGMENTS = 30;
/** A chunk takes at most half of what is left for each slot. */
const SHARES = 2;
/** What one slow core encodes as H.264, in pixels a second over all rungs. */
const SLOW_CORE_PIXELS = 15_000_000;
/** Processor time against H.264, measured with one thread: 0.7 s, 5.1 s (VP9) and 5.3 s (AV1) for 3 s of 480p. */
const CODEC_COST = { h264: 1, vp9: 8, av1: 8 } as const;
/** Tone mapping takes as long again as H.264: 5.0 instead of 2.5 s for 2 s of 1080p, the decoder not counted. */
const TONE_MAPPING_COST = 1;
/** Seconds on a slow core: long enough to be worth a process, a seek and the frames before the cut, ... */
const MIN_CHUNK_WORK = 20;
/** ... which a small picture never is, ... */
const MIN_CHUNK_SEGMENTS = 4;
/** ... and short enough to end, with something to spare, inside the time of a task. */
export const MAX_CHUNK_WORK = 360;

/** Seconds that a slow core works on one segment of some rungs. */
export const segmentWork = (
  { video }: Pick<SourceInfo, "video">,
  { framesPerSegment }: Pick<Grid, "framesPerSegment">,
  renditions: readonly VideoRendition[],
): number => {
  const toneMapping = video.range === "sdr" ? 0 : TONE_MAPPING_COST;
  const pixels = renditions.reduce(
    (sum, { width, height, codec }) => sum + width * height * (CODEC_COST[codec] + toneMapping),
    0,
  );
  return (pixels * framesPerSegment) / SLOW_CORE_PIXELS;
};

/** Rungs that are encoded together: all of them, or as many as end in time where one segment of all would not. */
export const renditionGroups = (
  source: Pick<SourceInfo, "video">,
  grid: Grid,
  renditions: readonly VideoRendition[],
): VideoRendition[][] => {
  const groups: VideoRendition[][] = [];
  for (const rendition of renditions) {
    const joined = [...(groups.pop() ?? []), rendition];
    if (segmentWork(source, grid, joined) <= MAX_CHUNK_WORK) groups.push(joined);
    else groups.push(...[joined.slice(0, -1), [rendition]].filter((group) => group.length > 0));
  }
  return groups;
};

/** The segments that one task may take at most, at least one. @param work seconds a segment */
export const longestChunk = (work: number): number =>
  Math.max(1, Math.min(MAX_CHUNK_SEGMENTS, Math.floor(MAX_CHUNK_WORK / work)));

/**
 * Lengths of chunks, in segments. Each takes a share of what is left for each slot, so that they
 * get shorter towards the end and the slots end together (guided self-scheduling), and also of what lies before it:
 * whoever watches already gets the film in small pieces first. None is shorter than what starting and seeking is
 * worth, nor longer than a consumer may run.
 *
 * @param segments how many segments are left
 * @param work seconds that a slow core works on one
 */
export const chunkLengths = (segments: number, parallelism: number, work: number): number[] => {
  const longest = longestChunk(work);
  const shortest = Math.min(longest, MIN_CHUNK_SEGMENTS, Math.ceil(MIN_CHUNK_WORK / work));
  const lengths: number[] = [];
  for (let done = 0; done < segments;) {
    const left = segments - done;
    const share = Math.ceil(Math.min(done, left / SHARES) / parallelism);
    const length = Math.min(left, longest, Math.max(shortest, share));
    lengths.push(length);
    done += length;
  }
  return lengths;
};

/** Cuts the segments from one on into chunks, in the order of the film. */
export const cutChunks = (
  source: Pick<SourceInfo, "video">,
  grid: Grid,
  renditions: readonly VideoRendition[],
  parallelism: number,
  from = 0,
): Chunk[] =>
  renditionGroups(source, grid, renditions)
    .flatMap((group) => {
      const work = segmentWork(source, grid, group);
      let firstSegment = from;
      return chunkLengths(grid.segmentCount - from, parallelism, work).map((segmentCount) => {
        const chunk = { firstSegment, segmentCount, renditions: group };
        firstSegment += segmentCount;
        return chunk;
      });
    })
    .toSorted((left, right) => left.firstSegment - right.firstSegment);
