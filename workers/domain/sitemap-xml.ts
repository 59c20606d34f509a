import { XML_DECLARATION, xmlElement as element } from "./xml.ts";

export interface SitemapVideo {
  url: string;
  embedUrl: string;
  title: string;
  description: string;
  /** null leaves the video out, and keeps its page: the format requires a thumbnail. */
  thumbnail: string | null;
  /** Seconds. */
  duration: number | null;
  views: number;
  /** ISO 8601 */
  publishedAt: string;
  updatedAt: string;
}

/** Limits of the format: developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps */
const MAX_TITLE_LENGTH = 100;
const MAX_DESCRIPTION_LENGTH = 2048;
const MAX_DURATION_SECONDS = 28_800;

/** Cuts between code points, so that no half of a surrogate pair stays. */
const cut = (text: string, length: number): string => Array.from(text).slice(0, length).join("");

function videoElement(video: SitemapVideo): string {
  if (video.thumbnail === null) return "";
  const { title, description, duration } = video;
  return [
    "<video:video>",
    element("video:thumbnail_loc", video.thumbnail),
    element("video:title", cut(title, MAX_TITLE_LENGTH)),
    element("video:description", cut(description.trim() || title, MAX_DESCRIPTION_LENGTH)),
    element("video:player_loc", video.embedUrl),
    duration === null
      ? ""
      : element(
          "video:duration",
          Math.min(Math.max(1, Math.round(duration)), MAX_DURATION_SECONDS),
        ),
    element("video:view_count", video.views),
    element("video:publication_date", video.publishedAt),
    "</video:video>",
  ].join("");
}

const NAMESPACE = `xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`;

/** A sitemap of watch pages with their videos (sitemaps.org, and Google's extension for videos). */
export function videoSitemap(videos: readonly SitemapVideo[]): string {
  const urls = videos.map(
    (video) =>
      `<url>${element("loc", video.url)}${element("lastmod", video.updatedAt)}${videoElement(video)}</url>`,
  );
  return `${XML_DECLARATION}
<urlset ${NAMESPACE} xmlns:video="http://www.google.com/schemas/sitemap-video/1.1">
${urls.join("\n")}
</urlset>
`;
}

/** The list of all sitemaps. */
export function sitemapIndex(addresses: readonly string[]): string {
  const sitemaps = addresses.map((address) => `<sitemap>${element("loc", address)}</sitemap>`);
  return `${XML_DECLARATION}
<sitemapindex ${NAMESPACE}>
${sitemaps.join("\n")}
</sitemapindex>
`;
}

/** A sitemap of pages without videos of their own. */
export function pageSitemap(urls: readonly string[]): string {
  const elements = urls.map((url) => `<url>${element("loc", url)}</url>`);
  return `${XML_DECLARATION}
<urlset ${NAMESPACE}>
${elements.join("\n")}
</urlset>
`;
}
