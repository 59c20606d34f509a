import { readText } from "../../media/objects.ts";
import { AppError } from "../errors.ts";
import { type Cue, parseCues, plainText } from "../cues.ts";

/** The cues of caption files in R2 with their words as people read them; one that is missing or damaged is empty. */
export const readTracks = (env: Pick<Env, "MEDIA">, keys: readonly string[]): Promise<Cue[][]> =>
  Promise.all(keys.map(async (key) => cuesOf(await readText(env, key))));

function cuesOf(file: string | null): Cue[] {
  try {
    const cues = file === null ? [] : parseCues(file);
    return cues.map((cue) => ({ ...cue, text: plainText(cue) }));
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
