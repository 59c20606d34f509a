import { type Cue, plainText, readCues } from "../../contract/cues.ts";

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
  const object = await env.MEDIA.get(key);
  if (!object) return [];
  if (takes(object.size)) return cuesOf(await object.text());
  await object.body.cancel();
  return null;
}

const cuesOf = (file: string): Cue[] =>
  readCues(file).cues.map((cue) => ({ ...cue, text: plainText(cue) }));
