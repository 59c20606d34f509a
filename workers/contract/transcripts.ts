import { z } from "zod";
import { SourceInfo } from "./source.ts";
import { Limits } from "./task-limits.ts";

/** Something that was said. Times are seconds. */
export const Utterance = z.object({
  start: z.number().nonnegative(),
  end: z.number().nonnegative(),
  text: z.string().max(10_000),
});
export type Utterance = z.infer<typeof Utterance>;

/** A speech recogniser's transcription of a piece of audio. */
export const Transcript = z.object({
  /** BCP 47, as detected; null if unknown. */
  language: z.string().max(35).nullable(),
  /** Sorted by time. */
  utterances: z.array(Utterance).max(5000),
});
export type Transcript = z.infer<typeof Transcript>;

/** Transcribes the speech in a part of an audio track. */
export const TranscriptionSpec = z.object({
  /** `transcribe`: with a recogniser of the runner's own. `speech`: with the model of the site. */
  kind: z.enum(["transcribe", "speech"]),
  source: SourceInfo,
  streamIndex: z.int(),
  /** BCP 47; null to detect it. */
  language: z.string().nullable(),
  /** Seconds from the start of the video. The part ends at a pause in what follows. */
  from: z.number().nonnegative(),
  /** Counts from 1. */
  part: z.int().positive(),
  /** The captions of the parts before, relative to the version; for the Worker. */
  earlier: z.string().nullable(),
  limits: Limits,
});
export type TranscriptionSpec = z.infer<typeof TranscriptionSpec>;

export const TranscriptResult = Transcript.extend({
  kind: z.literal("transcript"),
  /** Where the next part begins, in seconds from the start of the video; null at the end of the track. */
  until: z.number().positive().nullable(),
});
export type TranscriptResult = z.infer<typeof TranscriptResult>;
