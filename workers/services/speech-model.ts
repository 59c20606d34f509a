import { Buffer } from "node:buffer";
import type { SpeechEngine } from "../contract/captions.ts";
import { Transcript } from "../contract/transcripts.ts";
import type { Catalog } from "../db/client.ts";
import { hasRunnerFor } from "../db/runners.ts";
import { AppError } from "../domain/errors.ts";

const SPEECH_MODEL = "@cf/openai/whisper-large-v3-turbo";
const TRANSLATION_MODEL = "@cf/meta/m2m100-1.2b";

/**
 * The models that are used here, as Workers AI documents them
 * (https://developers.cloudflare.com/workers-ai/models/whisper-large-v3-turbo and …/m2m100-1.2b).
 */
export interface Models {
  run: {
    (
      model: typeof SPEECH_MODEL,
      input: Ai_Cf_Openai_Whisper_Large_V3_Turbo_Input,
    ): Promise<Ai_Cf_Openai_Whisper_Large_V3_Turbo_Output>;
    (
      model: typeof TRANSLATION_MODEL,
      input: { text: string; source_lang: string; target_lang: string },
    ): Promise<{ translated_text?: string }>;
  };
}

/** `AI` is bound where a deployment wants it (docs/operations.md). */
export interface SpeechEnv {
  AI?: Models;
}

/**
 * What transcribes speech now: a runner that can, which costs nothing, or else the site's model.
 * @returns null if nothing can
 */
export async function speechEngine(
  env: SpeechEnv,
  db: Catalog,
  now: number,
): Promise<SpeechEngine | null> {
  if (await hasRunnerFor(db, "transcribe", now)) return "runner";
  return env.AI ? "workers-ai" : null;
}

/**
 * The transcription of a piece of audio by the site's model.
 * @param wav 16 kHz, mono
 * @param language BCP 47; null to detect it
 * @throws AppError unavailable
 */
export async function recogniseSpeech(
  { AI }: SpeechEnv,
  wav: ArrayBuffer,
  language: string | null,
): Promise<Transcript> {
  if (!AI) throw new AppError("unavailable", "This site has no model for speech.");
  const output = await AI.run(SPEECH_MODEL, {
    audio: Buffer.from(wav).toString("base64"),
    task: "transcribe",
    vad_filter: true,
    // A mistake must not lead to the next one.
    condition_on_previous_text: false,
    ...(language !== null && { language: baseOf(language) }),
  }).catch((cause: unknown) => {
    throw new AppError("unavailable", "The model for speech does not answer.", { cause });
  });
  const utterances = (output.segments ?? []).flatMap(({ start, end, text }) =>
    start === undefined || end === undefined || !text ? [] : [{ start, end, text }],
  );
  return Transcript.parse({ language: output.transcription_info?.language ?? null, utterances });
}

/** The models know languages, not their regions. */
const baseOf = (language: string): string => language.split("-")[0]!.toLowerCase();

/**
 * A text in another language.
 * @param from BCP 47, as is `to`
 * @throws AppError unavailable
 */
export async function translateText(
  { AI }: SpeechEnv,
  text: string,
  from: string,
  to: string,
): Promise<string> {
  if (!AI) throw new AppError("unavailable", "This site has no model for translations.");
  const languages = { source_lang: baseOf(from), target_lang: baseOf(to) };
  const { translated_text } = await AI.run(TRANSLATION_MODEL, { text, ...languages }).catch(
    (cause: unknown) => {
      throw new AppError("unavailable", "The model for translations does not answer.", { cause });
    },
  );
  return translated_text ?? "";
}
