import { Publication } from "../contract/publications.ts";

/** The data from which a set of final playlists was rendered; null if it does not exist. @param key of its index */
export async function readPublication(
  env: Pick<Env, "MEDIA">,
  key: string,
): Promise<Publication | null> {
  const index = await env.MEDIA.get(key);
  return index && Publication.parse(await index.json());
}
