import { normalizeIP } from "@better-auth/core/utils/ip";
import type { EventMessage } from "../../contract/messages.ts";
import type { SearchPick } from "../../contract/search.ts";
import { catalog } from "../../db/client.ts";
import { countPick } from "../../db/popular-searches.ts";
import { findVideo } from "../../db/videos.ts";
import type { Principal } from "../../domain/principal.ts";
import { hashSecret } from "../../domain/secret.ts";
import { isListed } from "../../domain/videos.ts";
import { tokenize } from "../../domain/search/text.ts";

const MAX_WORDS = 8;
const MIN_LETTERS = 3;
const MAX_LETTERS = 100;
/** Addresses, numbers of phones, cards and accounts: nobody else's business. */
const PERSONAL = /@|\d[\d\s-]{5,}\d/;

/** A query as popular searches know it. */
export const popularForm = (text: string): string =>
  tokenize(text)
    .map((token) => token.text)
    .join(" ");

/**
 * Tells the events queue that someone found a video with a query. Of who it was only a keyed hash is kept, which tells
 * several people from one; queries that look personal are dropped here.
 * @param address of a caller without an account
 */
export async function recordPick(
  env: Pick<Env, "BETTER_AUTH_SECRET" | "EVENTS">,
  principal: Principal,
  address: string,
  { q, videoId }: SearchPick,
): Promise<void> {
  const query = popularForm(q);
  const isFit =
    query.length >= MIN_LETTERS &&
    query.length <= MAX_LETTERS &&
    query.split(" ").length <= MAX_WORDS &&
    ![q, query].some((form) => PERSONAL.test(form));
  if (!isFit) return;
  // Of IPv6, the first 64 bits: one household has all the addresses that begin with them.
  const person =
    principal.kind === "user" ? `user:${principal.userId}` : `address:${normalizeIP(address)}`;
  const who = (await hashSecret(`search ${env.BETTER_AUTH_SECRET} ${person}`)).slice(0, 16);
  const at = new Date().toISOString();
  const pick: EventMessage = { kind: "search-pick", query, videoId, who, at };
  await env.EVENTS.send(pick);
}

/** Counts a pick, unless it names a video that not everyone may find. */
export async function keepPick(
  env: Pick<Env, "CATALOG">,
  pick: Extract<EventMessage, { kind: "search-pick" }>,
): Promise<void> {
  const db = catalog(env);
  const video = await findVideo(db, pick.videoId);
  if (video && isListed(video)) await countPick(db, pick, Date.parse(pick.at));
}
