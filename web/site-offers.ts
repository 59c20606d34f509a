import { signal } from "@preact/signals";
import type { SiteInfo } from "../workers/contract/site-settings.ts";
import { categoryName } from "./format.ts";

/** The choices that the site's settings offer; null until `load-site.ts` has loaded them. */
export const siteOffers = signal<Pick<SiteInfo, "categories" | "languages"> | null>(null);

/** The name of a category on this site. */
export const shownCategory = (slug: string): string =>
  categoryName(slug, undefined, siteOffers.value?.categories ?? undefined);
