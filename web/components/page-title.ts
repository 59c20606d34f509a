import { useEffect } from "preact/hooks";
import { isBlank } from "../../workers/contract/unseen-text.ts";
import { siteName } from "../site-name.ts";

/**
 * Sets the document's title.
 * @param title of the page; undefined for the home page, null to keep the title while the page loads
 */
export function usePageTitle(title: string | undefined | null): void {
  useEffect(() => {
    const site = siteName.value;
    if (title !== null) document.title = title && !isBlank(title) ? `${title} · ${site}` : site;
  }, [title, siteName.value]);
}

/** Elements that the server wrote for the address of the first page (web/edge/share-head.ts). */
const SERVER_ELEMENTS =
  "link[rel=canonical], link[rel=alternate], script[type='application/ld+json'], meta[property], meta[name^='twitter:'], meta[name=robots], #first-poster";

/**
 * Removes what the server wrote about the first page once another page is shown: browsers share the canonical address.
 * @param path of the current page
 */
export function useOwnHead(path: string): void {
  useEffect(() => {
    const first = path;
    return () => {
      if (location.pathname === first) return;
      for (const element of document.querySelectorAll(SERVER_ELEMENTS)) element.remove();
    };
  }, [path]);
}
