/** Coarse enough to identify no one, and fine enough to see that something fails in one kind of browser. */

const BROWSERS: readonly [family: string, pattern: RegExp][] = [
  ["edge", /Edg/],
  ["samsung", /SamsungBrowser/],
  ["opera", /OPR\//],
  ["firefox", /Firefox|FxiOS/],
  ["chrome", /Chrom|CriOS/],
  ["safari", /Safari/],
];

/** The family of a browser, by its User-Agent. */
export function browserOf(userAgent: string): string {
  return BROWSERS.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? "other";
}

/** The class of a device, by the User-Agent of its browser. */
export function deviceOf(userAgent: string): "tv" | "tablet" | "phone" | "desktop" {
  if (/\b(?:TV|SmartTV|Web0S|Tizen|CrKey|AFT\w+)\b/i.test(userAgent)) return "tv";
  if (/iPad|Tablet|Android(?!.*Mobile)/.test(userAgent)) return "tablet";
  return /Mobi/.test(userAgent) ? "phone" : "desktop";
}
