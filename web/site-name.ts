import { signal } from "@preact/signals";
import { browserStorage } from "./browser-storage.ts";
import { SITE_LOGO_KEY, SITE_NAME_KEY } from "./site-keys.ts";

/** The site's name, as far as this browser knows it; `load-site.ts` loads it. */
export const siteName = signal(browserStorage().getItem(SITE_NAME_KEY) ?? "Kinora");

export interface SiteLogo {
  src: string;
  /** Pixels, as wide as it is at a height of `LOGO_HEIGHT`. Its place has this width while it loads. */
  width: number;
}

/** Pixels. */
export const LOGO_HEIGHT = 32;

function storedLogo(): SiteLogo | null {
  const [src, width] = browserStorage().getItem(SITE_LOGO_KEY)?.split(" ") ?? [];
  return src ? { src, width: Number(width ?? LOGO_HEIGHT) } : null;
}

/** The site's logo; null for the default logo. */
export const siteLogo = signal(storedLogo());
