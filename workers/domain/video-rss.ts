import { escapeXml, XML_DECLARATION, xmlElement } from "./xml.ts";

export interface VideoRss {
  title: string;
  /** May be empty: the format wants one, and the title takes its place. */
  description: string;
  /** The page that the feed is of. */
  url: string;
  feedUrl: string;
  items: readonly {
    url: string;
    title: string;
    description: string;
    image: string | null;
    /** Milliseconds since the epoch. */
    publishedAt: number;
  }[];
}

/** RSS 2.0 with the address of the feed itself (Atom) and the posters (Media RSS). rssboard.org/rss-specification */
export function videoRss({ title, description, url, feedUrl, items }: VideoRss): string {
  const entries = items.map((item) =>
    [
      "<item>",
      xmlElement("title", item.title),
      xmlElement("link", item.url),
      `<guid isPermaLink="true">${escapeXml(item.url)}</guid>`,
      xmlElement("pubDate", new Date(item.publishedAt).toUTCString()),
      item.description.trim() === "" ? "" : xmlElement("description", item.description),
      item.image === null ? "" : `<media:thumbnail url="${escapeXml(item.image)}"/>`,
      "</item>",
    ].join(""),
  );
  return `${XML_DECLARATION}
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
${xmlElement("title", title)}
${xmlElement("link", url)}
${xmlElement("description", description.trim() || title)}
<atom:link rel="self" type="application/rss+xml" href="${escapeXml(feedUrl)}"/>
${entries.join("\n")}
</channel>
</rss>
`;
}
