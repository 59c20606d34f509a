import { type Cue, plainText, readCues } from "../../domain/cues.ts";
import { readTextIf } from "../../media/objects.ts";

/**
 * The cues of a caption file in R2 with their words as people read them; of a file that is missing, none.
 * @param takes whether a file of so many bytes is read
 * @returns null where it is not
 */
export async function readTrack(
  env: Pick<Env, "MEDIA">,
  key: string,
  takes: (bytes: number) => boolean = () => true,
): Promise<Cue[] | null> {
  const file = await readTextIf(env, key, takes);
  return file === undefined ? null : cuesOf(file ?? "");
}

const cuesOf = (file: string): Cue[] =>
  readCues(file).cues.map((cue) => ({ ...cue, text: plainText(cue) }));
