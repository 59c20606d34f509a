import { z } from "zod";
import { CaptionKind } from "./caption-kinds.ts";
import { Language, Timestamp } from "./common.ts";

/** Caption tracks that a video may have, embedded and uploaded: about as many as there are languages with subtitles. */
export const MAX_CAPTION_TRACKS = 64;

/** Formats of caption files, by their usual extension. */
export const CaptionFormat = z.enum(["vtt", "srt", "sbv", "ttml", "ass"]);
export type CaptionFormat = z.infer<typeof CaptionFormat>;

/** Where a track comes from: the source, a speech recogniser, or an upload. */
export const CaptionOrigin = z.enum(["embedded", "automatic", "uploaded"]);
export type CaptionOrigin = z.infer<typeof CaptionOrigin>;

/** A caption track of a video. */
export const CaptionTrack = z.object({
  language: z.string(),
  kind: CaptionKind,
  /** Name of the language in that language, and what kind of track it is: `Deutsch`, `English (CC)`. */
  label: z.string(),
  origin: CaptionOrigin,
  /** Number of cues. */
  cues: z.int(),
  updatedAt: Timestamp,
});
export type CaptionTrack = z.infer<typeof CaptionTrack>;

/** A track that was made of a file. */
export const StoredCaptions = CaptionTrack.extend({
  format: CaptionFormat,
  /** The detected encoding, such as `utf-8` or `windows-1251`. */
  encoding: z.string(),
  /** The faults of the cues that were left out, with line numbers; at most ten. */
  faults: z.array(z.string()),
  /** Number of cues that were left out. */
  dropped: z.int(),
});
export type StoredCaptions = z.infer<typeof StoredCaptions>;

/** What makes captions from speech: a runner with a recogniser, or the site's model. */
export const SpeechEngine = z.enum(["runner", "workers-ai"]);
export type SpeechEngine = z.infer<typeof SpeechEngine>;

/** The caption tracks of a video, for its creator. */
export const CaptionTracks = z.object({
  items: z.array(CaptionTrack),
  /** What makes automatic captions at present; null if nothing can. */
  engine: SpeechEngine.nullable(),
  /** Whether automatic captions are being made. */
  isTranscribing: z.boolean(),
  /** Whether tracks can be translated. */
  canTranslate: z.boolean(),
});
export type CaptionTracks = z.infer<typeof CaptionTracks>;

export const AutomaticCaptions = z.strictObject({
  /** Language of the speech; detected if absent. */
  language: Language.optional(),
});
export type AutomaticCaptions = z.infer<typeof AutomaticCaptions>;

export const CaptionTranslation = z.strictObject({ to: Language });
export type CaptionTranslation = z.infer<typeof CaptionTranslation>;
