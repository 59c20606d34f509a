import { CATEGORIES } from "../../workers/contract/categories.ts";
import type { Creator } from "../../workers/contract/creators.ts";
import type { PlaylistPage } from "../../workers/contract/playlists.ts";
import type { SearchResult } from "../../workers/contract/search.ts";
import { isBlank } from "../../workers/contract/unseen-text.ts";
import { categoryAddress, creatorAddress, tagAddress } from "../addresses.ts";
import { categoryName } from "../format.ts";
import { cachedCall, type PagesContext } from "./cached-call.ts";
import { headTexts, pageLanguage } from "./page-language.ts";
import { rewriteHead, siteNameOf, siteOf, unindexedPage } from "./rewrite-head.ts";
import { linkTag, metaTags, summary } from "./share-head.ts";

interface Collection {
  /** The name of the site. */
  site: string;
  title: string;
  description: string;
  /** Address of the page, without the origin. */
  address: string;
  /** Origin-relative. */
  image?: string | null;
  /** Address of an RSS feed, without the origin. */
  feed?: string;
  type?: "website" | "profile";
}

/** The site's HTML file with a collection of videos in its head. */
function describedPage(
  page: Response,
  { url, headers }: Pick<Request, "url" | "headers">,
  collection: Collection,
): Response {
  const { origin } = new URL(url);
  const { site, description, address, image, feed, type = "website" } = collection;
  const title = `${collection.title} · ${site}`;
  const html =
    linkTag("canonical", origin + address) +
    (feed ? linkTag("alternate", origin + feed, ` type="application/rss+xml"`) : "") +
    metaTags([
      ["property", "og:site_name", site],
      ["property", "og:type", type],
      ["property", "og:title", title],
      ["property", "og:description", description],
      ["property", "og:url", origin + address],
      ["property", "og:image", image ? origin + image : null],
      ["name", "twitter:card", image ? "summary_large_image" : "summary"],
    ]);
  return rewriteHead(page, pageLanguage({ headers }), { title, description, html });
}

/** The site's HTML file, without the browser's conditional headers: they are about the file, not about this page. */
const fileOf = ({ env, request }: PagesContext<string>): Promise<Response> =>
  env.ASSETS.fetch(new Request(request.url));

/** A parameter of the path as text; null where it is not encoded properly. */
function decoded(parameter: string): string | null {
  try {
    return decodeURIComponent(parameter);
  } catch {
    return null;
  }
}

/** The page of a category. One that does not exist is a 404. */
export async function categoryPage(context: PagesContext<"slug">): Promise<Response> {
  const { slug } = context.params;
  const [page, { name: site, categories }] = await Promise.all([fileOf(context), siteOf(context)]);
  const own = categories ?? [];
  const category = [...own, ...CATEGORIES].find((known) => known.slug === slug);
  if (!category) return unindexedPage(page, 404);
  const translate = headTexts(pageLanguage(context.request));
  const name = categoryName(slug, translate, own);
  return describedPage(page, context.request, {
    site,
    title: name,
    description: translate("head.category", { category: name, site }),
    address: categoryAddress(slug),
  });
}

/** The page of a tag. Search engines see it while a public video has the tag. */
export async function tagPage(context: PagesContext<"tag">): Promise<Response> {
  const tag = decoded(context.params.tag);
  if (tag === null || isBlank(tag)) return unindexedPage(await fileOf(context), 404);
  const path = `/v1/search?limit=5&sort=newest&tag=${encodeURIComponent(tag)}`;
  const [page, found, site] = await Promise.all([
    fileOf(context),
    cachedCall(context, path).catch(() => null),
    siteNameOf(context),
  ]);
  // Without a response it is unknown whether the tag has videos, so search engines must not drop it.
  if (!found?.ok) return page;
  const { items } = (await found.json()) as SearchResult;
  if (items.length === 0) return unindexedPage(page, 200);
  return describedPage(page, context.request, {
    site,
    title: `#${tag}`,
    description: headTexts(pageLanguage(context.request))("head.tag", { tag, site }),
    address: tagAddress(tag),
  });
}

/** The page of a creator. An account that is not a creator is answered like one that does not exist. */
export async function creatorPage(context: PagesContext<"id">): Promise<Response> {
  const { id } = context.params;
  const [page, response, site] = await Promise.all([
    fileOf(context),
    cachedCall(context, `/v1/creators/${encodeURIComponent(id)}`).catch(() => null),
    siteNameOf(context),
  ]);
  if (response?.status === 404 || response?.status === 400) return unindexedPage(page, 404);
  // Without the Worker, the page itself shows what is wrong.
  if (!response?.ok) return page;
  const creator = (await response.json()) as Creator;
  const name = isBlank(creator.name) ? site : creator.name;
  const translate = headTexts(pageLanguage(context.request));
  return describedPage(page, context.request, {
    site,
    title: name,
    description: summary(creator.about) || translate("head.creator", { name, site }),
    address: creatorAddress(creator.id),
    image: creator.banner ?? creator.avatar,
    feed: `/v1/creators/${creator.id}/feed.xml`,
    type: "profile",
  });
}

/**
 * The page of a playlist or a series. An unlisted one has no description, and a private one is answered like one that
 * does not exist.
 */
export async function playlistPage(context: PagesContext<"id">): Promise<Response> {
  const { id } = context.params;
  const [page, response, site] = await Promise.all([
    fileOf(context),
    cachedCall(context, `/v1/playlists/${encodeURIComponent(id)}?limit=1`).catch(() => null),
    siteNameOf(context),
  ]);
  if (response?.status === 404 || response?.status === 400) return unindexedPage(page, 404);
  if (!response?.ok) return page;
  const playlist = (await response.json()) as PlaylistPage;
  if (playlist.visibility !== "public") return unindexedPage(page, 200);
  const { title, description, creator, videoCount: count, poster } = playlist;
  const translate = headTexts(pageLanguage(context.request));
  const name = isBlank(creator.name) ? site : creator.name;
  return describedPage(page, context.request, {
    site,
    title,
    description: summary(description) || translate("head.playlist", { count, name, site }),
    address: `/playlist/${playlist.id}`,
    // A public image; other URLs expire with their token.
    image: poster?.startsWith("/images/") ? poster : null,
  });
}
