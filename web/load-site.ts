import type { SiteInfo } from "../workers/contract/site-settings.ts";
import { accentProperties } from "../workers/domain/accent.ts";
import { body, v1 } from "./api-call.ts";
import { browserStorage } from "./browser-storage.ts";
import { ACCENT_KEY, SITE_LOGO_KEY, SITE_NAME_KEY } from "./site-keys.ts";
import { LOGO_HEIGHT, siteLogo, type SiteLogo, siteName } from "./site-name.ts";
import { siteOffers } from "./site-offers.ts";

function accentCss(accent: string | null): string {
  if (accent === null) return "";
  return Object.entries(accentProperties(accent))
    .map(([name, value]) => `${name}:${value}`)
    .join(";");
}

function keep(key: string, value: string | null): void {
  if (value === null) browserStorage().removeItem(key);
  else browserStorage().setItem(key, value);
}

/** The newest logo of the site, which may still be loading. */
let newestLogo: string | null = null;

/** Shows a logo once the browser has the whole image, because then its width is known; the default one if it has none. */
async function showLogo(src: string | null): Promise<void> {
  newestLogo = src;
  let logo: SiteLogo | null = null;
  if (src !== null) {
    const image = new Image();
    image.src = src;
    const isWhole = await image.decode().then(
      () => true,
      () => false,
    );
    if (newestLogo !== src) return;
    if (isWhole) logo = { src, width: Math.round((image.width * LOGO_HEIGHT) / image.height) };
  }
  keep(SITE_LOGO_KEY, logo && `${logo.src} ${logo.width}`);
  siteLogo.value = logo;
}

/**
 * Loads the name and appearance of the site, shows them, and keeps them for the next visit.
 * @param isChanged they have just been changed, so that the browser's cached response is outdated
 */
export async function loadSite(isChanged = false): Promise<SiteInfo> {
  const init: RequestInit = isChanged ? { cache: "reload" } : {};
  const info = await body(v1.site.$get({}, { init }));
  const css = accentCss(info.accent);
  keep(SITE_NAME_KEY, info.name);
  keep(ACCENT_KEY, css || null);
  siteName.value = info.name;
  siteOffers.value = info;
  document.documentElement.style.cssText = css;
  void showLogo(info.logo);
  return info;
}
