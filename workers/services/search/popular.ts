import type { EventMessage } from "../../contract/messages.ts";
import type { SearchPick } from "../../contract/search.ts";
import { catalog, runBatch } from "../../db/client.ts";
import { enqueueEvent } from "../../db/outbox.ts";
import { countPick } from "../../db/popular-searches.ts";
import { findVideo } from "../../db/videos.ts";
import type { Principal } from "../../domain/principal.ts";
import { blockedWords, hasBlockedWord } from "../../domain/search/blocked-words.ts";
import { tokenize } from "../../domain/search/text.ts";
import { viewerHash } from "../viewer-hash.ts";
import { isListed } from "../../domain/videos.ts";

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
 * is kept, to tell several viewers from one. The caller relays the outbox.
 * @param address IP address, for viewers without an account
 */
export async function recordPick(
  env: Pick<Env, "BETTER_AUTH_SECRET" | "CATALOG" | "BLOCKED_SEARCH_WORDS">,
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
  const at = new Date().toISOString();
  const pick: EventMessage = { kind: "search-pick", query, videoId, who, at };
  const db = catalog(env);
  await runBatch(db, [enqueueEvent(db, pick)]);
}

/** Counts a pick unless its video is not listed. */
export async function storePick(
  env: Pick<Env, "CATALOG">,
  pick: Extract<EventMessage, { kind: "search-pick" }>,
): Promise<void> {
  const db = catalog(env);
  const video = await findVideo(db, pick.videoId);
  if (video && isListed(video)) await countPick(db, pick, Date.parse(pick.at));
}
