import { readText } from "../../media/objects.ts";
import { AppError } from "../errors.ts";
import { type Cue, parseCues } from "../cues.ts";

/** The cues of caption files in R2; one that is missing or damaged is empty. */
export const readTracks = (env: Pick<Env, "MEDIA">, keys: readonly string[]): Promise<Cue[][]> =>
  Promise.all(keys.map(async (key) => cuesOf(await readText(env, key))));

function cuesOf(file: string | null): Cue[] {
  try {
    return file === null ? [] : parseCues(file);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
