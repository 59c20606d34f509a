import type { Page } from "playwright-core";
import type { Feed, SearchResult } from "../../../workers/contract/search.ts";
import type { Video } from "../../../workers/contract/videos.ts";
import { change } from "./intercepted-api.ts";

/** Many videos derived from the real one. */
const copies = (of: Video, count: number, from = 0): Video[] =>
  Array.from({ length: count }, (_, index) => ({ ...of, title: `Video ${from + index}` })).map(
    (copy, index) => ({ ...copy, id: `${of.id.slice(0, 18)}${1000 + from + index}` }),
  );

export const cardOf = (page: Page, title: string) =>
  page
    .locator(".card-link", { has: page.getByRole("heading", { name: title, exact: true }) })
    .first();

/**
 * The home page with one of its videos as the hero, for which the videos of tests are too small, and with a row that
 * names a video.
 * @param title of all videos, for tests during which others publish
 */
export const feedWithHero = (page: Page, title?: string) =>
  change<Feed>(page, "*/v1/feed", (feed) => {
    const named = (video: Video): Video => ({ ...video, title: title ?? video.title });
    const rows = feed.rows.map((row) => ({ ...row, items: row.items.map(named) }));
    const [first] = rows.flatMap((row) => row.items);
    const because = { id: "because", title: `Because you watched ${first!.title}` };
    return { ...feed, rows: [...rows, { ...because, items: rows[0]!.items }], hero: first! };
  });

/** A home page of many rows below a hero. */
export const longFeed = (page: Page) =>
  change<Feed>(page, "*/v1/feed", (feed) => ({
    ...feed,
    hero: copies(feed.rows[0]!.items[0]!, 1, 900)[0]!,
    rows: Array.from({ length: 6 }, (_, row) => ({
      id: `row-${row}`,
      title: `Row ${row}`,
      items: copies(feed.rows[0]!.items[0]!, 12, row * 20),
    })),
  }));

/** A search with three pages of results. */
export const longSearch = (page: Page) =>
  change<SearchResult>(page, "*/v1/search?*", (result, url) => {
    const number = Number(url.searchParams.get("cursor") ?? 0);
    const [item] = result.items;
    const items = copies(item!.video, 20, number * 20).map((copy) => ({ ...item!, video: copy }));
    return { ...result, items, nextCursor: number < 2 ? String(number + 1) : null };
  });
