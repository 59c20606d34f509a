/**
 * Every address with a page, as the router writes it (`app.tsx`). Pages answers them with the one HTML file of the site,
 * and any other address with 404 (docs/decisions/400-pages-and-not-found.md).
 */
export const SITE_PATHS = [
  "/",
  "/search",
  "/category/:slug",
  "/tag/:tag",
  "/creator/:id",
  "/watch/:id",
  "/embed/:id",
  "/sign-in",
  "/sign-up",
  "/welcome",
  "/two-factor",
  "/forgot-password",
  "/reset-password",
  "/verify-email",
  "/unsubscribe",
  "/consent",
  "/profiles",
  "/library",
  "/library/likes",
  "/library/playlists",
  "/playlist/:id",
  "/following",
  "/history",
  "/upload",
  "/studio",
  "/studio/playlists",
  "/studio/bin",
  "/studio/moderation",
  "/studio/:id/:section?",
  "/settings/:section?",
  "/admin/:section?",
  "/legal/:page",
] as const;

/** Sections of the settings page other than the first, which is at `/settings`. */
export const SETTINGS_SECTIONS = [
  "security",
  "watching",
  "profiles",
  "profile",
  "notifications",
  "apps",
  "tokens",
  "keys",
] as const;
export type SettingsSection = (typeof SETTINGS_SECTIONS)[number];

/** Sections of the admin page other than the overview, which is at `/admin`. */
export const ADMIN_SECTIONS = [
  "work",
  "metrics",
  "usage",
  "reports",
  "moderation",
  "accounts",
  "settings",
  "runners",
  "messages",
  "audit",
] as const;
export type AdminSection = (typeof ADMIN_SECTIONS)[number];

/** Tabs of a video in the studio other than its details, which are at `/studio/{id}`. */
export const VIDEO_SECTIONS = [
  "thumbnail",
  "captions",
  "chapters",
  "edit",
  "access",
  "processing",
  "analytics",
] as const;
export type VideoSection = (typeof VIDEO_SECTIONS)[number];

const SECTIONS_OF: Record<string, readonly string[]> = {
  "/settings/:section?": SETTINGS_SECTIONS,
  "/admin/:section?": ADMIN_SECTIONS,
  "/studio/:id/:section?": VIDEO_SECTIONS,
};

/** The addresses of a path whose last segment is one of a few. */
function variantsOf(path: string): string[] {
  const sections = SECTIONS_OF[path];
  if (!sections) return [path];
  const first = path.replace("/:section?", "");
  return [first, ...sections.map((section) => `${first}/${section}`)];
}

/** Pages' `_redirects` file. Source: https://developers.cloudflare.com/pages/configuration/redirects/ */
export function pagesRedirects(): string {
  const paths = SITE_PATHS.filter((path) => path !== "/").flatMap(variantsOf);
  // Cloudflare Pages looks paths without parameters up directly if they come before those with parameters.
  const [fixed, others] = [false, true].map((isOpen) =>
    paths.filter((path) => path.includes(":") === isOpen),
  );
  return [...fixed!, ...others!].map((path) => `${path} / 200\n${path}/ / 200\n`).join("");
}
