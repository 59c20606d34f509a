import fc from "fast-check";
import { expect, test } from "vitest";
import { plainText } from "../captions/cues.ts";
import { cutAtSilence, LEVEL_SECONDS, levelsOf } from "./speech-chunks.ts";
import { cuesOfUtterances, type HeardChunk, stitchUtterances } from "./stitch.ts";
import { sentencesOf, translatedCues } from "./translation.ts";

const perSecond = 1 / LEVEL_SECONDS;
/** Levels of speech with pauses at these times, in seconds. */
function speech(seconds: number, pauses: readonly number[]): Float32Array {
  const levels = new Float32Array(seconds * perSecond).fill(0.2);
  for (const at of pauses) levels.fill(0, (at - 0.2) * perSecond, (at + 0.2) * perSecond);
  return levels;
}

test("audio is cut at pauses, and a remainder that is too short waits for the next part", () => {
  const levels = speech(70, [10, 20, 45, 68]);
  const { chunks, rest } = cutAtSilence(levels, false);
  expect(chunks.map(({ start }) => Math.round(start))).toEqual([0, 20]);
  expect(chunks.map(({ end }) => Math.round(end))).toEqual([20, 45]);
  expect(rest).toBeCloseTo(45, 0);
  const ended = cutAtSilence(levels, true);
  expect(ended.rest).toBeNull();
  expect(ended.chunks.at(-1)?.end).toBe(70);
});

test("chunks are contiguous, fit the recogniser's limit, and none is silent", () => {
  const sample = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(sample, fc.integer({ min: 1, max: 900 })), { maxLength: 40 }),
      fc.boolean(),
      (runs, isEnd) => {
        const levels = runs.flatMap(([level, length]) => Array<number>(length).fill(level));
        const { chunks, rest } = cutAtSilence(levels, isEnd);
        let before = 0;
        for (const { start, end } of chunks) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(end - start).toBeLessThanOrEqual(30 + LEVEL_SECONDS);
          expect(Math.max(...levels.slice(start * perSecond, end * perSecond))).toBeGreaterThan(0);
          before = end;
        }
        const seconds = levels.length * LEVEL_SECONDS;
        expect(rest === null).toBe(isEnd);
        if (rest !== null) expect(seconds - rest).toBeLessThanOrEqual(30 + LEVEL_SECONDS);
      },
    ),
    { numRuns: 100 },
  );
});

test("levels are computed from the samples", () => {
  const samples = new Int16Array(800).fill(16_384, 320, 640);
  expect([...levelsOf(samples, 16_000)]).toEqual([0, 0.5, 0]);
});

const utterance = fc.record({
  start: fc.double({ min: 0, max: 40, noNaN: true }),
  end: fc.double({ min: 0, max: 40, noNaN: true }),
  text: fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8}){0,30}$/),
});
/** Consecutive chunks with the output, right or wrong, of a recogniser. */
const chunks = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.array(utterance, { maxLength: 6 })), {
    maxLength: 6,
  })
  .map((parts) => {
    let start = 0;
    return parts.map(([seconds, utterances]): HeardChunk => {
      const chunk = { start, end: start + seconds, utterances };
      start += seconds;
      return chunk;
    });
  });
const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

test("stitched utterances are in order, do not overlap and lose no word", () => {
  fc.assert(
    fc.property(chunks, (heard) => {
      // Repetitions by the recogniser are removed.
      const texts = heard.flatMap(({ utterances }) => utterances.map(({ text }) => text));
      fc.pre(new Set(texts).size === texts.length);
      const stitched = stitchUtterances(heard);
      let before = 0;
      for (const { start, end } of stitched) {
        expect(start).toBeGreaterThanOrEqual(before);
        expect(end).toBeGreaterThan(start);
        before = end;
      }
      const spoken = heard.flatMap(({ utterances }) =>
        utterances.flatMap(({ text }) => wordsOf(text)),
      );
      const written = stitched.flatMap(({ text }) => wordsOf(text));
      expect(written.toSorted()).toEqual(spoken.toSorted());
    }),
    { numRuns: 200 },
  );
});

test("an utterance is clamped to its chunk, whatever times the recogniser reports", () => {
  const [one] = stitchUtterances([
    { start: 30, end: 45, utterances: [{ start: 14, end: 99, text: "late" }] },
  ]);
  expect(one).toEqual({ start: 44, end: 45, text: "late" });
});

test("speech gives the same result whether it lies in one part or across two", () => {
  fc.assert(
    fc.property(chunks, fc.nat(6), (heard, at) => {
      // Repetitions are removed only within a part.
      const texts = heard.flatMap(({ utterances }) => utterances.map(({ text }) => text));
      fc.pre(new Set(texts).size === texts.length);
      const parts = [heard.slice(0, at), heard.slice(at)].flatMap(stitchUtterances);
      expect(parts.map(({ text }) => text).join(" ")).toBe(
        stitchUtterances(heard)
          .map(({ text }) => text)
          .join(" "),
      );
    }),
    { numRuns: 100 },
  );
});

test("a phrase that a recogniser repeats is kept three times at most", () => {
  const utterances = Array.from({ length: 9 }, (_, index) => ({
    start: index,
    end: index + 1,
    text: "thank you",
  }));
  expect(stitchUtterances([{ start: 0, end: 30, utterances }])).toHaveLength(3);
});

test("long utterances become cues of two short lines with all words, within the time of the utterance", () => {
  fc.assert(
    fc.property(utterance, (spoken) => {
      fc.pre(spoken.end - spoken.start > 1);
      const cues = cuesOfUtterances([spoken]);
      expect(cues.flatMap((cue) => wordsOf(plainText(cue)))).toEqual(wordsOf(spoken.text));
      for (const { text } of cues) {
        expect(text.split("\n").length).toBeLessThanOrEqual(2);
        expect(text.length).toBeLessThanOrEqual(85);
      }
      expect(cues[0]?.start).toBeCloseTo(spoken.start, 2);
      expect(cues.at(-1)?.end).toBeCloseTo(spoken.end, 2);
    }),
  );
  const chinese = cuesOfUtterances([{ start: 0, end: 10, text: "港".repeat(200) }]);
  expect(chinese.map(({ text }) => text.length)).toEqual([84, 84, 32]);
});

test("the cues of a sentence are translated together, and the translation is distributed over them", () => {
  const cues = cuesOfUtterances([
    { start: 0, end: 2, text: "The harbour" },
    { start: 2, end: 4, text: "is quiet." },
    { start: 4, end: 6, text: "A lamp is lit." },
  ]);
  const sentences = sentencesOf(cues);
  expect(sentences.map(({ text }) => text)).toEqual(["The harbour is quiet.", "A lamp is lit."]);
  const translated = translatedCues(sentences[0]!, "Der Hafen ist still.");
  expect(translated.map(({ start, text }) => [start, text])).toEqual([
    [0, "Der Hafen"],
    [2, "ist still."],
  ]);
});

test("every word of a translation appears in a cue, in order", () => {
  const texts = fc.array(fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8}){0,6}\.?$/), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(
      texts,
      fc.stringMatching(/^[a-z]{1,9}( [a-z]{1,9}){0,40}$/),
      (said, translation) => {
        const cues = cuesOfUtterances(
          said.map((text, index) => ({ start: 2 * index, end: 2 * index + 2, text })),
        );
        for (const sentence of sentencesOf(cues)) {
          const made = translatedCues(sentence, translation);
          expect(made.flatMap((cue) => wordsOf(plainText(cue)))).toEqual(wordsOf(translation));
        }
      },
    ),
  );
});
