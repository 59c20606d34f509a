import type { VideoPage } from "../../workers/contract/videos.ts";
import { readSearchParams, searchAddress } from "../search-params.ts";
import { searchTitle } from "../search-title.ts";
import { cachedCall, type PagesContext } from "./cached-call.ts";
import { rewriteHead, unindexedPage } from "./rewrite-head.ts";
import { speakEnglish } from "./english.ts";
import { linkTag, metaTags } from "./share-head.ts";

const SITE_NAME = "Kinora";

/** The name of a creator with public videos; undefined without them. */
async function creatorName(context: PagesContext, creator: string): Promise<string | undefined> {
  const path = `/v1/videos?limit=1&creator=${encodeURIComponent(creator)}`;
  const response = await cachedCall(context, path).catch(() => null);
  if (!response?.ok || creator === "me") return undefined;
  return ((await response.json()) as VideoPage).items[0]?.creator.name;
}

/**
 * The search page, which also is the page of a category and of a creator. Those two have titles and are indexed; results
 * of a query are for people, not for other search engines.
 */
export async function searchPage(context: PagesContext): Promise<Response> {
  speakEnglish();
  const { env, request } = context;
  const { origin, searchParams } = new URL(request.url);
  const params = readSearchParams(Object.fromEntries(searchParams));
  const { q, category, creator } = params;
  const [page, name] = await Promise.all([
    env.ASSETS.fetch(new Request(request.url)),
    creator && !q ? creatorName(context, creator) : undefined,
  ]);
  const title = `${searchTitle(params, name)} · ${SITE_NAME}`;
  const isCollection = !q && (name !== undefined || category !== "");
  const address = origin + searchAddress(name === undefined ? { category } : { creator });
  const description = isCollection ? `${searchTitle(params, name)}: watch on ${SITE_NAME}.` : null;
  const html = isCollection
    ? linkTag("canonical", address) +
      metaTags([
        ["property", "og:site_name", SITE_NAME],
        ["property", "og:type", "website"],
        ["property", "og:title", title],
        ["property", "og:description", description],
        ["property", "og:url", address],
        ["name", "twitter:card", "summary"],
      ])
    : "";
  const rewritten = rewriteHead(page, { title, description, html });
  return isCollection ? rewritten : unindexedPage(rewritten, 200);
}
