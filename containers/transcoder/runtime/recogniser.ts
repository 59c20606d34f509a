import { existsSync } from "node:fs";

/** A program with the command line of whisper.cpp's `whisper-cli`, and its model. */
export interface Recogniser {
  program: string;
  model: string;
}

/**
 * The recogniser of this host: WHISPER_PATH and WHISPER_MODEL.
 * @returns null if none is configured
 * @throws Error for a path without a file, since a configured recogniser is meant to be used
 */
export function resolveRecogniser(
  environment: Record<string, string | undefined>,
): Recogniser | null {
  const { WHISPER_PATH: program, WHISPER_MODEL: model } = environment;
  if (!program && !model) return null;
  if (!program || !model) throw new Error("WHISPER_PATH and WHISPER_MODEL need each other.");
  for (const [name, path] of Object.entries({ WHISPER_PATH: program, WHISPER_MODEL: model }))
    if (!existsSync(path)) throw new Error(`${name}: ${path} does not exist.`);
  return { program, model };
}
