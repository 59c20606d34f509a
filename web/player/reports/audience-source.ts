import type { AudienceSource } from "../../../workers/contract/audience-names.ts";

/** How the page with the player was opened. */
export interface PageOrigin {
  /** Address of the page. */
  page: string;
  /** Address of the previous page of this site; null if there was none or it is unknown. */
  previous: string | null;
  /** Whether this page is the viewer's first on the site. */
  isFirst: boolean;
  /** `document.referrer` */
  referrer: string;
}

const PAGES: readonly [source: AudienceSource, path: RegExp][] = [
  ["home", /^\/$/],
  ["search", /^\/search$/],
  ["playlist", /^\/playlist\//],
  ["related", /^\/watch\//],
  ["creator", /^\/creator\//],
  ["browse", /^\/(?:category|tag)\//],
  ["library", /^\/(?:library|history|following)\b/],
];

function urlOf(address: string): URL | null {
  return URL.canParse(address) ? new URL(address) : null;
}

/** Where a viewer came from, for the analytics of the video's creator: which kind of page, or which other site. */
export function sourceOf({ page, previous, isFirst, referrer }: PageOrigin): {
  source: AudienceSource;
  host?: string;
} {
  const here = new URL(page);
  const from = urlOf(referrer);
  const host = from && from.origin !== here.origin ? { host: from.hostname } : {};
  if (here.pathname.startsWith("/embed/")) return { source: "embed", ...host };
  if (here.searchParams.has("list")) return { source: "playlist" };
  const before = urlOf(previous ?? "") ?? (isFirst ? from : null);
  if (!before) return { source: isFirst ? "direct" : "site" };
  if (before.origin !== here.origin) return { source: "external", ...host };
  const known = PAGES.find(([, path]) => path.test(before.pathname));
  return { source: known?.[0] ?? "site" };
}

interface Entry {
  url: string | null;
  index: number;
}
interface NavigationHistory {
  entries: () => Entry[];
  currentEntry: Entry | null;
}

/** What the browser currently reports about it. */
export function pageOrigin(): PageOrigin {
  const page = location.href;
  const { referrer } = document;
  const { navigation } = window as unknown as { navigation?: NavigationHistory };
  const index = navigation?.currentEntry?.index;
  if (navigation && index !== undefined) {
    const previous = navigation.entries()[index - 1]?.url ?? null;
    return { page, referrer, previous, isFirst: index <= 0 };
  }
  // Without that interface: whether this is the page that the browser itself has loaded.
  const [loaded] = performance.getEntriesByType("navigation");
  const isFirst = loaded !== undefined && new URL(loaded.name).pathname === location.pathname;
  return { page, referrer, previous: null, isFirst };
}
