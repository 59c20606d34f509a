import type { SearchPick } from "../../contract/search.ts";
import { type ViewCounterEnv, viewCounterOf } from "../../db/views.ts";
import type { Principal } from "../../domain/principal.ts";
import { blockedWords, hasBlockedWord } from "../../domain/search/blocked-words.ts";
import { tokenize } from "../../domain/search/text.ts";
import { viewerHash } from "../viewer-hash.ts";

const MAX_WORDS = 8;
const MIN_LETTERS = 3;
const MAX_LETTERS = 100;
/** E-mail addresses, and numbers of phones, cards and accounts. */
const PERSONAL = /@|\d[\d\s-]{5,}\d/;

/** The form of a query that popular searches are counted by: its words, folded. */
export function popularForm(text: string): string {
  return tokenize(text)
    .map((token) => token.text)
    .join(" ");
}

/**
 * Reports that a viewer found a video with a query. Queries that look personal or have a blocked word are dropped. Only a keyed hash of the viewer
 * is kept, to tell several viewers from one. It counts if the video is listed.
 * @param address IP address, for viewers without an account
 */
export async function recordPick(
  env: Pick<Env, "BETTER_AUTH_SECRET" | "BLOCKED_SEARCH_WORDS"> & ViewCounterEnv,
  principal: Principal,
  address: string,
  { q, videoId }: SearchPick,
): Promise<void> {
  const query = popularForm(q);
  const isSuitable =
    query.length >= MIN_LETTERS &&
    query.length <= MAX_LETTERS &&
    query.split(" ").length <= MAX_WORDS &&
    !hasBlockedWord(query, blockedWords(env.BLOCKED_SEARCH_WORDS)) &&
    ![q, query].some((form) => PERSONAL.test(form));
  if (!isSuitable) return;
  const who = await viewerHash(env, principal, address);
  await viewCounterOf(env, videoId).countPick({ query, videoId, who, at: Date.now() });
}
