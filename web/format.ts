import type { MaturityRating } from "../workers/contract/maturity-ratings.ts";
import { isBlank } from "../workers/contract/unseen-text.ts";
import { CATEGORIES, type SiteCategory } from "../workers/contract/categories.ts";
import { locale, t, type Translate } from "./i18n/translate.ts";

/** `1:02:03` or `4:05`. @param seconds */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, index) => (index === 0 ? part : String(part).padStart(2, "0"))).join(":");
}

/** The last whole second that has a frame. @param duration seconds */
export function lastSecond(duration: number): number {
  return Math.max(0, Math.ceil(duration) - 1);
}

/**
 * `92 min`, `1 min 28 sec` below two minutes, or `45 sec` below one. `Intl` would load its units first, in 10 ms.
 * @param duration seconds
 */
export function runningTime(duration: number): string {
  const whole = Math.round(duration);
  const hasSeconds = whole < 120 && whole !== 60;
  const minutes = hasSeconds ? Math.floor(whole / 60) : Math.round(whole / 60);
  const parts = [];
  if (minutes > 0) parts.push(t("time.minutes", { minutes: wholeNumber(minutes) }));
  if (hasSeconds) parts.push(t("time.seconds", { seconds: wholeNumber(whole % 60) }));
  return parts.join(" ");
}

export const DAY_MS = 86_400_000;
const inDays = (days: number): string =>
  new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(days, "day");

/** `Mar 1, 2025`. @param iso ISO 8601 */
export function dateOf(iso: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(new Date(iso));
}

/** The start of a day of the calendar, in the time zone of the device. */
const startOfDay = (time: number | string): number => new Date(time).setHours(0, 0, 0, 0);

/** `today`, `tomorrow`, `3 days ago`, or the date if it is two weeks away. @param iso ISO 8601 @param now milliseconds */
export function dayOf(iso: string, now: number = Date.now()): string {
  const days = Math.round((startOfDay(now) - startOfDay(iso)) / DAY_MS);
  return Math.abs(days) < 14 ? inDays(-days) : dateOf(iso);
}

/** `in 12 days`, or `within a day`. @param iso ISO 8601 @param now milliseconds */
export function daysUntil(iso: string, now: number = Date.now()): string {
  const days = Math.ceil((Date.parse(iso) - now) / DAY_MS);
  return days <= 1 ? t("time.withinADay") : inDays(days);
}

/** `4:00 PM`, in the time zone of the device. @param iso ISO 8601 */
export function timeOfDay(iso: string): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(new Date(iso));
}

/** `Mar 1, 2025, 4:00 PM GMT+1`, in the time zone of the device. @param iso ISO 8601 */
export function momentOf(iso: string): string {
  return new Intl.DateTimeFormat(locale(), {
    ...({ year: "numeric", month: "short", day: "numeric" } as const),
    ...({ hour: "numeric", minute: "2-digit", timeZoneName: "short" } as const),
  }).format(new Date(iso));
}

/** `1,204 views`, or compact from ten thousand on: `1.3M views`. */
export function viewCount(views: number): string {
  if (views < 10_000) return t("video.views", { count: views });
  return t("video.manyViews", { count: compactNumber(views) });
}

/** Numbers of up to three digits are the same in each language of the site, and their `Intl` costs a page milliseconds. */
const isPlain = (count: number): boolean => Number.isInteger(count) && count >= 0 && count < 1000;

/** `1,204`. */
export function wholeNumber(count: number): string {
  return isPlain(count) ? String(count) : new Intl.NumberFormat(locale()).format(count);
}

/** `999`, `1.2K`, `3.4M`. */
export function compactNumber(count: number): string {
  const compact = { notation: "compact" } as const;
  return isPlain(count) ? String(count) : new Intl.NumberFormat(locale(), compact).format(count);
}

/** `Ana, Ben`. */
export function listOf(names: readonly string[]): string {
  return new Intl.ListFormat(locale(), { type: "unit", style: "short" }).format(names);
}

/** `1,204 followers`, or compact from ten thousand on. For pages with the catalogue `browse`. */
export function followerCount(followers: number): string {
  if (followers < 10_000) return t("creator.followers", { count: followers });
  return t("creator.manyFollowers", { count: compactNumber(followers) });
}

/** The name of a BCP 47 tag in the page's language, or the tag itself. */
export function languageName(tag: string): string {
  // Intl calls the undetermined language "root".
  if (tag === "und") return t("video.unknownLanguage");
  try {
    return new Intl.DisplayNames(locale(), { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** `mp4` -> MP4, `webm` -> WebM */
export function containerName(format: string): string {
  return format === "webm" ? "WebM" : format.toUpperCase();
}

/**
 * The name of a category: from the settings of the site, or translated if they do not change it.
 * @param own categories of the site
 * @returns the slug of an unknown category
 */
export function categoryName(
  slug: string,
  translate: Translate = t,
  own: readonly SiteCategory[] = [],
): string {
  const isIt = (category: { slug: string }) => category.slug === slug;
  const known = CATEGORIES.find(isIt);
  const name = own.find(isIt)?.name ?? known?.name;
  return known && name === known.name ? translate(`category.${known.slug}`) : (name ?? slug);
}

/** A text from an account, or a replacement if it has nothing visible. */
export function shownText(text: string, fallback: string): string {
  return isBlank(text) ? fallback : text;
}

/** A maturity rating in words. */
export function ratingText(rating: MaturityRating): string {
  return rating === "all" ? t("rating.all") : t("rating.long", { age: rating });
}
