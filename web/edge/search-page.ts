import { readSearchParams } from "../search-params.ts";
import { searchTitle } from "../search-title.ts";
import type { PagesContext } from "./cached-call.ts";
import { headTexts, pageLanguage } from "./page-language.ts";
import { rewriteHead, siteOf, unindexedPage } from "./rewrite-head.ts";
import { linkTag } from "./share-head.ts";

/** The search page. Its results are for people, not for other search engines; without a query it has all videos. */
export async function searchPage(context: PagesContext): Promise<Response> {
  const { env, request } = context;
  const language = pageLanguage(request);
  const { origin, pathname, search, searchParams } = new URL(request.url);
  const params = readSearchParams(Object.fromEntries(searchParams));
  const [page, { name: site, categories }] = await Promise.all([
    env.ASSETS.fetch(new Request(request.url)),
    siteOf(context),
  ]);
  const title = `${searchTitle(params, undefined, headTexts(language), categories ?? [])} · ${site}`;
  const isIndexed = search === "";
  const html = isIndexed ? linkTag("canonical", origin + pathname) : "";
  const titled = rewriteHead(page, language, { title, description: null, html });
  return isIndexed ? titled : unindexedPage(titled, 200);
}
