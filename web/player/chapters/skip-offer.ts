import type { Chapter } from "../../../workers/contract/chapters.ts";
import { type PlainKey, t } from "../../i18n/translate.ts";

/** Titles of chapters that regular viewers skip, in the languages of the site. */
const SKIPPED: readonly { title: RegExp; label: PlainKey }[] = [
  {
    title:
      /^(intro|introduction|opening( credits| titles)?|main titles|title sequence|vorspann|(ال)?مقدمة)$/i,
    label: "player.skipIntro",
  },
  {
    title:
      /^(recap|previously( on .*)?|(the )?story so far|was bisher geschah|rückblick|ملخص( ما سبق)?)$/i,
    label: "player.skipRecap",
  },
];

export interface SkipOffer {
  label: string;
  /** Seconds. */
  to: number;
}

/** The chapter at a time; undefined before the first one. @param time seconds */
export function chapterAt(chapters: readonly Chapter[], time: number): Chapter | undefined {
  return chapters.findLast(({ start }) => start <= time);
}

/** The part that a viewer can skip at a time: an intro or a recap that has its own chapter and is not the last one. */
export function skipOfferAt(chapters: readonly Chapter[], time: number): SkipOffer | null {
  const index = chapters.findLastIndex(({ start }) => start <= time);
  const [chapter, next] = [chapters[index], chapters[index + 1]];
  if (!chapter || !next) return null;
  const skipped = SKIPPED.find(({ title }) => title.test(chapter.title.trim()));
  return skipped ? { label: t(skipped.label), to: next.start } : null;
}
