import { Publication } from "../contract/publications.ts";

/** What a set of final playlists was rendered from; null when it is not there. @param key of its index */
export async function readPublication(
  env: Pick<Env, "MEDIA">,
  key: string,
): Promise<Publication | null> {
  const index = await env.MEDIA.get(key);
  return index && Publication.parse(await index.json());
}
