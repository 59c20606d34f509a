import type { SiteCategory } from "../workers/contract/categories.ts";
import { isBlank } from "../workers/contract/unseen-text.ts";
import { categoryName } from "./format.ts";
import { t, type Translate } from "./i18n/translate.ts";
import type { SearchParams } from "./search-params.ts";

/**
 * The title of a search page, without the name of the site.
 * @param creatorName of the creator whose videos are shown, once known
 * @param own categories of the site
 * @param translate into another language than the page's
 */
export function searchTitle(
  { q, category, creator, tag }: Pick<SearchParams, "q" | "category" | "creator" | "tag">,
  creatorName?: string,
  translate: Translate = t,
  own: readonly SiteCategory[] = [],
): string {
  if (!isBlank(q)) return `“${q.trim()}”`;
  if (creator && creatorName && !isBlank(creatorName))
    return translate("search.byCreator", { name: creatorName });
  if (category) return categoryName(category, translate, own);
  return isBlank(tag) ? translate("search.title") : `#${tag}`;
}
