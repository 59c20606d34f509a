import type { Page } from "playwright-core";

/** A page of the site, for the accessibility tests and the screenshots. */
export interface SitePage {
  name: string;
  path: string;
}

/** Widths of a phone and a laptop, in CSS pixels. */
export const WIDTHS = [390, 1440];

/**
 * One page of each kind.
 * @param video a public one that is ready, with the tag `sea`
 * @param query words that find it
 */
export const sitePages = (
  { id: videoId, creatorId }: { id: string; creatorId: string },
  query: string,
): SitePage[] => [
  { name: "home", path: "/" },
  { name: "search", path: `/search?q=${encodeURIComponent(query)}` },
  { name: "search-nothing", path: "/search?q=zzzzqqqq" },
  { name: "category", path: "/category/film" },
  { name: "tag", path: "/tag/sea" },
  { name: "creator", path: `/creator/${creatorId}` },
  { name: "following", path: "/following" },
  { name: "watch", path: `/watch/${videoId}` },
  { name: "embed", path: `/embed/${videoId}` },
  { name: "library", path: "/library" },
  { name: "library-likes", path: "/library/likes" },
  { name: "library-playlists", path: "/library/playlists" },
  { name: "profiles", path: "/profiles" },
  { name: "history", path: "/history" },
  { name: "upload", path: "/upload" },
  { name: "studio", path: "/studio" },
  { name: "studio-playlists", path: "/studio/playlists" },
  { name: "studio-bin", path: "/studio/bin" },
  { name: "studio-moderation", path: "/studio/moderation" },
  { name: "studio-analytics", path: "/studio/analytics" },
  { name: "studio-video", path: `/studio/${videoId}` },
  { name: "studio-video-thumbnail", path: `/studio/${videoId}/thumbnail` },
  { name: "studio-video-captions", path: `/studio/${videoId}/captions` },
  { name: "studio-video-caption-editor", path: `/studio/${videoId}/captions?edit=en.subtitles` },
  { name: "studio-video-chapters", path: `/studio/${videoId}/chapters` },
  { name: "studio-video-edit", path: `/studio/${videoId}/edit` },
  { name: "studio-video-access", path: `/studio/${videoId}/access` },
  { name: "studio-video-analytics", path: `/studio/${videoId}/analytics` },
  { name: "studio-video-processing", path: `/studio/${videoId}/processing` },
  { name: "settings", path: "/settings" },
  { name: "settings-watching", path: "/settings/watching" },
  { name: "settings-profiles", path: "/settings/profiles" },
  { name: "settings-profile", path: "/settings/profile" },
  { name: "settings-notifications", path: "/settings/notifications" },
  { name: "settings-security", path: "/settings/security" },
  { name: "settings-apps", path: "/settings/apps" },
  { name: "settings-tokens", path: "/settings/tokens" },
  { name: "settings-keys", path: "/settings/keys" },
  { name: "sign-in", path: "/sign-in" },
  { name: "sign-up", path: "/sign-up" },
  { name: "welcome", path: "/welcome" },
  { name: "unsubscribe", path: "/unsubscribe?token=x" },
  { name: "forgot-password", path: "/forgot-password" },
  { name: "not-found", path: "/no/such/page" },
];

/**
 * Pages outside a walk through the site: those behind links in mails, those that viewers create, and those for admins
 * only.
 * @param playlists ids of a playlist and of a series
 */
export const otherPages = ({
  playlist,
  series,
}: Record<"playlist" | "series", string>): SitePage[] => [
  { name: "playlist", path: `/playlist/${playlist}` },
  { name: "series", path: `/playlist/${series}` },
  { name: "two-factor", path: "/two-factor" },
  { name: "reset-password", path: "/reset-password?token=x" },
  { name: "verify-email", path: "/verify-email" },
  { name: "consent", path: "/consent?client_id=x" },
  { name: "imprint", path: "/legal/imprint" },
  { name: "admin", path: "/admin" },
  { name: "admin-work", path: "/admin/work" },
  { name: "admin-metrics", path: "/admin/metrics" },
  { name: "admin-usage", path: "/admin/usage" },
  { name: "admin-reports", path: "/admin/reports" },
  { name: "admin-moderation", path: "/admin/moderation" },
  { name: "admin-accounts", path: "/admin/accounts" },
  { name: "admin-settings", path: "/admin/settings" },
  { name: "admin-runners", path: "/admin/runners" },
  { name: "admin-messages", path: "/admin/messages" },
  { name: "admin-audit", path: "/admin/audit" },
];

export async function signIn(
  page: Page,
  account: { email: string; password: string },
): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** Each check lays out the page: once per frame it would slow the loading down. */
const SETTLED_POLL_MS = 50;

/**
 * Waits until the page is complete and nothing is loading: no skeleton, visible image, font or first frame of a video.
 */
export async function settled(page: Page): Promise<void> {
  await page.locator("main, .player").first().waitFor();
  await page.waitForFunction(
    () => {
      // While the code of a page loads, its frame is already shown.
      const content = document.querySelector<HTMLElement>("main, .player");
      const isShown = content?.matches(".player") || content?.innerText.trim() !== "";
      const busy = document.querySelector("[aria-busy=true], .skeleton, .preparing") !== null;
      const images = Array.from(document.images).filter((image) => {
        // Rows continue beyond the window to the right, or to the left in right-to-left languages.
        const { left, right, top } = image.getBoundingClientRect();
        return right > 0 && left < innerWidth && top < innerHeight;
      });
      const video = document.querySelector("video");
      const isVideoShown = video
        ? video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
        : !location.pathname.startsWith("/watch/");
      return isShown && !busy && isVideoShown && images.every((image) => image.complete);
    },
    null,
    { polling: SETTLED_POLL_MS },
  );
  await page.evaluate(async () => {
    await document.fonts.ready;
  });
}
