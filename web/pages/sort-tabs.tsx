import { TabLinks } from "../components/tab-links.tsx";
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
  const tabs = SORTS.map(({ sort, title }) => ({
    href: sort === "newest" ? path : `${path}?sort=${sort}`,
    text: t(title),
    isCurrent: sort === current,
  }));
  return <TabLinks label={t("search.sort")} tabs={tabs} />;
}
