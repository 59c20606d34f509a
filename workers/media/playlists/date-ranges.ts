import type { Publication } from "../../contract/publications.ts";
import { clipsOf } from "../../domain/chapters.ts";
import { bare, tag } from "./tags.ts";

/**
 * The time of day at which every video with chapters starts. EXT-X-DATERANGE requires one, and a video has none. It is not
 * 1970, because players written in JavaScript may treat 0 as missing.
 */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const CHAPTER_CLASS = "kinora.chapter";

const milliseconds = (seconds: number): number => Math.round(seconds * 1000);
const dateAt = (ms: number): string => new Date(EPOCH_MS + ms).toISOString();

/**
 * The time of day of the first segment, if the video has chapters. If one media playlist of a stream has it, all must
 * have it (RFC 8216bis, 6.2.4).
 */
export function startDate({ chapters }: Pick<Publication, "chapters">): string[] {
  return chapters ? [`#EXT-X-PROGRAM-DATE-TIME:${dateAt(0)}`] : [];
}

/** The chapters as date ranges (RFC 8216bis, 4.4.5.1), for playlists with `startDate`. Each ends where the next one begins. */
export function chapterRanges({
  chapters = [],
  duration,
}: Pick<Publication, "chapters" | "duration">): string[] {
  return clipsOf(chapters, duration).map(({ title, start, end }, index) =>
    tag("EXT-X-DATERANGE", {
      ID: `chapter-${index + 1}`,
      CLASS: CHAPTER_CLASS,
      "START-DATE": dateAt(milliseconds(start)),
      DURATION: bare(((milliseconds(end) - milliseconds(start)) / 1000).toFixed(3)),
      "X-TITLE": title,
    }),
  );
}
