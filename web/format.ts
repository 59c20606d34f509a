import { isBlank } from "../workers/contract/unseen-text.ts";
import { CATEGORIES } from "../workers/contract/categories.ts";

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

/** `92 min`, or `45 s` below two minutes. @param seconds */
export function runningTime(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

export const DAY_MS = 86_400_000;
/** `today`, `3 days ago`, or the date after two weeks. @param iso ISO 8601 @param now milliseconds */
export function dayOf(iso: string, now: number = Date.now()): string {
  const days = Math.floor((now - Date.parse(iso)) / DAY_MS);
  if (days <= 0) return "today";
  if (days < 14) return days === 1 ? "yesterday" : `${days} days ago`;
  return new Intl.DateTimeFormat("en", { dateStyle: "medium" }).format(new Date(iso));
}

/** `one day`, `12 days`. */
export const dayCount = (days: number): string => (days === 1 ? "one day" : `${days} days`);

/** `in 12 days`, or `within a day`. @param iso ISO 8601 @param now milliseconds */
export function daysUntil(iso: string, now: number = Date.now()): string {
  const days = Math.ceil((Date.parse(iso) - now) / DAY_MS);
  return days <= 1 ? "within a day" : `in ${days} days`;
}

/** `4:00 PM`, in the time zone of the device. @param iso ISO 8601 */
export function timeOfDay(iso: string): string {
  return new Intl.DateTimeFormat("en", { timeStyle: "short" }).format(new Date(iso));
}

/** `1,204 views`, or compact from ten thousand on: `1.3M views`. */
export function viewCount(views: number): string {
  const text = new Intl.NumberFormat("en", views >= 10_000 ? { notation: "compact" } : {}).format(
    views,
  );
  return views === 1 ? "1 view" : `${text} views`;
}

/** English name of a BCP 47 tag, or the tag itself. */
export function languageName(tag: string): string {
  // Intl calls the undetermined language "root".
  if (tag === "und") return "Unknown language";
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** `mp4` -> MP4, `webm` -> WebM */
export function containerName(format: string): string {
  return format === "webm" ? "WebM" : format.toUpperCase();
}

/** The name of a category, or the slug of one that this build does not know. */
export function categoryName(slug: string): string {
  return CATEGORIES.find((category) => category.slug === slug)?.name ?? slug;
}

/** A text from an account, or what to show in its place when there is nothing to see. */
export function shownText(text: string, fallback: string): string {
  return isBlank(text) ? fallback : text;
}
