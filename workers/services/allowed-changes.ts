import type { VideoPatch } from "../contract/videos.ts";
import type { Catalog } from "../db/client.ts";
import { limitsOf } from "../db/rulings.ts";
import type { VideoRow } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import { limitFault } from "../domain/moderation.ts";
import { isAdmin, type Principal } from "../domain/principal.ts";
import { hasBlockedWord, siteBlockedWords } from "../domain/search/blocked-words.ts";
import { tokenize } from "../domain/search/text.ts";

/**
 * Why a creator may not change videos like this, by their ids: moderators have limited them. Reads nothing for changes that no
 * limit is about.
 */
export async function rulingFaults(
  db: Catalog,
  principal: Principal,
  videos: readonly VideoRow[],
  patch: VideoPatch,
): Promise<Map<string, AppError>> {
  const { visibility, publishAt, maturityRating } = patch;
  const isLimited = visibility !== undefined || publishAt || maturityRating !== undefined;
  if (!isLimited || isAdmin(principal)) return new Map();
  const limits = await limitsOf(
    db,
    videos.map(({ id }) => id),
  );
  return new Map(
    videos.flatMap((video) => {
      const after = { ...video, ...patch, ...(publishAt && { visibility: "public" as const }) };
      const fault = limitFault(after, limits.get(video.id) ?? null);
      return fault === null ? [] : [[video.id, new AppError("forbidden", fault)] as const];
    }),
  );
}

const TEXT_FIELDS = ["title", "description", "tags", "people"] as const;

/**
 * Refuses texts with a word that the operator has blocked (BLOCKED_SEARCH_WORDS). The words that only popular searches leave
 * out are no reason: a title may be "Moby Dick".
 * @throws AppError blocked_words
 */
export function assertAllowedWords(
  { BLOCKED_SEARCH_WORDS }: Pick<Env, "BLOCKED_SEARCH_WORDS">,
  texts: Partial<Record<(typeof TEXT_FIELDS)[number], string | string[] | undefined>>,
): void {
  const blocked = siteBlockedWords(BLOCKED_SEARCH_WORDS);
  if (blocked.size === 0) return;
  const fields = TEXT_FIELDS.filter((field) =>
    [texts[field] ?? []].flat().some((text) =>
      hasBlockedWord(
        tokenize(text)
          .map((token) => token.text)
          .join(" "),
        blocked,
      ),
    ),
  );
  if (fields.length > 0)
    throw new AppError(
      "blocked_words",
      "This text contains a word that this site does not allow.",
      {
        fields: fields.map((field) => ({
          path: `body.${field}`,
          message: "has a word that this site does not allow",
        })),
      },
    );
}
