import { type Cue, plainText, readCues } from "../../contract/cues.ts";
import { readText } from "../../media/objects.ts";

/** The cues of caption files in R2 with their words as people read them; a file that is missing has none. */
export const readTracks = (env: Pick<Env, "MEDIA">, keys: readonly string[]): Promise<Cue[][]> =>
  Promise.all(keys.map(async (key) => cuesOf((await readText(env, key)) ?? "")));

const cuesOf = (file: string): Cue[] =>
  readCues(file).cues.map((cue) => ({ ...cue, text: plainText(cue) }));
