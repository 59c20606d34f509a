import { isBlank } from "../workers/contract/unseen-text.ts";
import { categoryName } from "./format.ts";
import { t } from "./i18n/translate.ts";
import type { SearchParams } from "./search-params.ts";

/**
 * The title of a search page, without the name of the site.
 * @param creatorName of the creator whose videos are shown, once known
 */
export function searchTitle(
  { q, category, creator, tag }: Pick<SearchParams, "q" | "category" | "creator" | "tag">,
  creatorName?: string,
): string {
  if (!isBlank(q)) return `“${q.trim()}”`;
  if (creator && creatorName && !isBlank(creatorName))
    return t("search.byCreator", { name: creatorName });
  if (category) return categoryName(category);
  return isBlank(tag) ? t("search.title") : `#${tag}`;
}
