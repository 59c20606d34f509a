import type { Utterance } from "../../contract/transcripts.ts";
import { type Cue, makeCue } from "../captions/cues.ts";
import type { SpeechChunk } from "./speech-chunks.ts";

/** The minimum duration of a word, to which a recogniser may give none. */
const MIN_SECONDS = 0.2;
/** Recognisers that lose track repeat themselves. */
const MAX_REPEATS = 3;
/** Two lines, as subtitles have them. */
const MAX_LINE = 42;
const MAX_CUE = 2 * MAX_LINE;

/** A chunk with its transcription, at times from the start of the chunk. */
export interface HeardChunk extends SpeechChunk {
  utterances: readonly Utterance[];
}

/**
 * The speech of consecutive chunks, at times in the whole track: in order, without overlaps, and within their chunks,
 * whatever times the recogniser returned.
 */
export function stitchUtterances(chunks: readonly HeardChunk[]): Utterance[] {
  const stitched: Utterance[] = [];
  for (const { start: from, end: to, utterances } of chunks) {
    const within = utterances
      .map((utterance) => placeWithin({ start: from, end: to }, utterance))
      .filter(({ text }) => text !== "")
      .toSorted((one, other) => one.start - other.start);
    for (const utterance of within) append(stitched, utterance);
  }
  return stitched;
}

function placeWithin({ start: from, end: to }: SpeechChunk, { start, end, text }: Utterance) {
  const within = (time: number) => Math.min(to, Math.max(from, from + time));
  const placed = {
    start: within(start),
    end: within(end),
    text: text.replaceAll(/\s+/g, " ").trim(),
  };
  if (placed.end - placed.start >= MIN_SECONDS) return placed;
  const last = Math.min(to, placed.start + MIN_SECONDS);
  return { ...placed, start: Math.max(from, last - MIN_SECONDS), end: last };
}

function append(stitched: Utterance[], utterance: Utterance): void {
  const before = stitched.slice(-MAX_REPEATS);
  if (before.length === MAX_REPEATS && before.every(({ text }) => text === utterance.text)) return;
  const last = stitched.at(-1);
  const start = Math.max(utterance.start, last?.end ?? 0);
  // An utterance during another one is appended to it, so that no word is lost.
  if (last && utterance.end - start < MIN_SECONDS) last.text += ` ${utterance.text}`;
  else stitched.push({ ...utterance, start });
}

/** Cues of at most two lines, each as long as its share of the letters. */
export function cuesOfUtterances(utterances: readonly Utterance[]): Cue[] {
  return utterances.flatMap(({ start, end, text }) => {
    const parts = partsOf(text);
    const letters = parts.reduce((sum, part) => sum + part.length, 0);
    let said = 0;
    return parts.flatMap((part) => {
      const from = start + ((end - start) * said) / letters;
      said += part.length;
      const to = start + ((end - start) * said) / letters;
      const cue = makeCue({
        line: 0,
        start: toMilliseconds(from),
        end: toMilliseconds(to),
        text: inLines(part).replaceAll("<", "&lt;"),
      });
      return typeof cue === "string" || cue.text === "" ? [] : [cue];
    });
  });
}

const toMilliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** Parts of about equal length that fit into a cue, between words where there are any. */
function partsOf(text: string): string[] {
  const count = Math.ceil(text.length / MAX_CUE);
  return count < 2 ? [text] : wrap(text, MAX_CUE);
}

/** Breaks a text that is too long for a line about in its middle. */
function inLines(text: string): string {
  if (text.length <= MAX_LINE) return text;
  const middle = text.length / 2;
  const blanks = Array.from(text.matchAll(/ /g), ({ index }) => index);
  const [best] = blanks.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  return best === undefined ? text : `${text.slice(0, best)}\n${text.slice(best + 1)}`;
}

function wrap(text: string, width: number): string[] {
  // Text without spaces is cut between characters.
  const words = text
    .split(" ")
    .flatMap((word) =>
      word.length <= width ? [word] : (word.match(new RegExp(`.{1,${width}}`, "gsu")) ?? []),
    );
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
