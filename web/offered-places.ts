import { CATEGORIES, DEFAULT_CATEGORY, type SiteCategory } from "../workers/contract/categories.ts";
import { siteOffers } from "./site-offers.ts";

const FIRST: readonly SiteCategory[] = CATEGORIES.map((category) => ({
  ...category,
  offered: true,
}));

/** All categories of the site in display order, including those that are no longer offered. */
const siteCategories = (): readonly SiteCategory[] => siteOffers.value?.categories ?? FIRST;

/** The categories that can be chosen. @param chosen is always included */
export function offeredCategories(chosen = ""): string[] {
  const slugs = siteCategories().flatMap(({ slug, offered }) => (offered ? [slug] : []));
  return chosen === "" || slugs.includes(chosen) ? slugs : [...slugs, chosen];
}

/** Whether the site has, or has had, a category; undefined until the settings are loaded, if only they can tell. */
export function isKnownCategory(slug: string): boolean | undefined {
  if ([...siteCategories(), ...FIRST].some((one) => one.slug === slug)) return true;
  return siteOffers.value === null ? undefined : false;
}

/** The languages that videos can have here; empty for all. */
export const offeredLanguages = (): readonly string[] => siteOffers.value?.languages ?? [];

/** The category of a new video if the creator's choice is no longer offered. */
export function offeredPlace({ category, language }: { category: string; language: string }) {
  const languages = offeredLanguages();
  const isOffered = languages.length === 0 || languages.includes(language);
  return {
    category: offeredCategories().includes(category) ? category : DEFAULT_CATEGORY,
    language: isOffered ? language : "",
  };
}
