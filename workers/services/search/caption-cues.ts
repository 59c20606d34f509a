import { type Cue, plainText, readCues } from "../../domain/captions/cues.ts";
import { readTextIf } from "../../media/objects.ts";

/**
 * The cues of a caption file in R2, with their text as viewers read it; none if the file is missing.
 * @param accepts whether to read a file of this many bytes
 * @returns null if the file is not read
 */
export async function readCaptionCues(
  env: Pick<Env, "MEDIA">,
  key: string,
  accepts: (bytes: number) => boolean = () => true,
): Promise<Cue[] | null> {
  const file = await readTextIf(env, key, accepts);
  return file === undefined ? null : cuesOf(file ?? "");
}

const cuesOf = (file: string): Cue[] =>
  readCues(file).cues.map((cue) => ({ ...cue, text: plainText(cue) }));
