import { t } from "../i18n/translate.ts";

const SORTS = [
  { sort: "newest", title: "search.newest" },
  { sort: "popular", title: "search.popular" },
] as const;

export type CollectionSort = (typeof SORTS)[number]["sort"];

/** The order in the address of a collection; anything else is the first. */
export function sortOf(query: Record<string, string>): CollectionSort {
  return SORTS.find(({ sort }) => sort === query["sort"])?.sort ?? "newest";
}

/** The orders of a collection, as links. @param path of its page */
export function SortTabs({ path, current }: { path: string; current: CollectionSort }) {
  return (
    <nav class="sort-tabs" aria-label={t("search.sort")}>
      <ul>
        {SORTS.map(({ sort, title }) => (
          <li key={sort}>
            <a
              href={sort === "newest" ? path : `${path}?sort=${sort}`}
              aria-current={sort === current ? "true" : undefined}
            >
              {t(title)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
