import type { Chapter } from "../../contract/chapters.ts";

/**
 * Chapters as Apple's players read them. Nothing says in which language their titles are.
 * Source: developer.apple.com/documentation/http-live-streaming/providing-javascript-object-notation-json-chapters
 */
export function chaptersJson(chapters: readonly Chapter[]): string {
  return JSON.stringify(
    chapters.map(({ start, title }, index) => ({
      chapter: index + 1,
      "start-time": start,
      titles: [{ language: "und", title }],
    })),
  );
}
