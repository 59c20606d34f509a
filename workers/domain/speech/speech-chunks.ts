/** Seconds of one level. */
export const LEVEL_SECONDS = 0.02;
/** A recogniser processes half a minute at a time, and recognises complete sentences better. */
const MIN_CHUNK_SECONDS = 15;
const MAX_CHUNK_SECONDS = 30;
/** A pause between words. */
const PAUSE_SECONDS = 0.2;
/** About -50 dBFS: speech is louder. */
const SPEECH_LEVEL = 0.003;

/** A part of a track, in seconds from its start. */
export interface SpeechChunk {
  start: number;
  end: number;
}

/**
 * Cuts audio where it is quietest, so that no word is cut in two. A chunk has 15 to 30 s; those without any speech are left
 * out.
 * @param levels root mean squares (0 to 1) of each `LEVEL_SECONDS`
 * @param isEnd whether the track ends with them
 * @returns the chunks, and where the next ones begin: what comes after the last cut is too short to be cut; null at the end
 */
export function cutAtSilence(
  levels: ArrayLike<number>,
  isEnd: boolean,
): { chunks: SpeechChunk[]; rest: number | null } {
  const longest = MAX_CHUNK_SECONDS / LEVEL_SECONDS;
  const chunks: SpeechChunk[] = [];
  const add = (from: number, to: number): void => {
    if (!isLoud(levels, from, to)) return;
    chunks.push({ start: from * LEVEL_SECONDS, end: to * LEVEL_SECONDS });
  };
  let from = 0;
  while (levels.length - from > longest) {
    const to = quietest(levels, from + MIN_CHUNK_SECONDS / LEVEL_SECONDS, from + longest);
    add(from, to);
    from = to;
  }
  if (!isEnd) return { chunks, rest: from * LEVEL_SECONDS };
  if (from < levels.length) add(from, levels.length);
  return { chunks, rest: null };
}

/** The middle of the quietest pause. Of pauses that are equally quiet it is the last one: longer chunks are better. */
function quietest(levels: ArrayLike<number>, from: number, to: number): number {
  const width = Math.round(PAUSE_SECONDS / LEVEL_SECONDS);
  let sum = 0;
  for (let index = from; index < from + width; index += 1) sum += levels[index] ?? 0;
  let [best, lowest] = [from, sum];
  for (let start = from + 1; start + width <= to; start += 1) {
    sum += (levels[start + width - 1] ?? 0) - (levels[start - 1] ?? 0);
    if (sum > lowest + Number.EPSILON) continue;
    [best, lowest] = [start, sum];
  }
  return best + Math.floor(width / 2);
}

function isLoud(levels: ArrayLike<number>, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1)
    if ((levels[index] ?? 0) >= SPEECH_LEVEL) return true;
  return false;
}

/** The levels of 16-bit samples. */
export function levelsOf(samples: Int16Array, sampleRate: number): Float32Array {
  const length = Math.round(sampleRate * LEVEL_SECONDS);
  const levels = new Float32Array(Math.ceil(samples.length / length));
  for (let index = 0; index < levels.length; index += 1) {
    const part = samples.subarray(index * length, (index + 1) * length);
    let squares = 0;
    for (const sample of part) squares += (sample / 32_768) ** 2;
    levels[index] = Math.sqrt(squares / part.length);
  }
  return levels;
}
