import { readSearchParams } from "../search-params.ts";
import { searchTitle } from "../search-title.ts";
import type { PagesContext } from "./cached-call.ts";
import { headTexts, pageLanguage } from "./page-language.ts";
import { rewriteHead, SITE_NAME, unindexedPage } from "./rewrite-head.ts";

/** The search page. Its results are for people, not for other search engines. */
export async function searchPage({ env, request }: PagesContext): Promise<Response> {
  const language = pageLanguage(request);
  const params = readSearchParams(Object.fromEntries(new URL(request.url).searchParams));
  const page = await env.ASSETS.fetch(new Request(request.url));
  const title = `${searchTitle(params, undefined, headTexts(language))} · ${SITE_NAME}`;
  return unindexedPage(rewriteHead(page, language, { title, description: null, html: "" }), 200);
}
