import { signal } from "@preact/signals";
import { browserStorage } from "./browser-storage.ts";
import { SITE_LOGO_KEY, SITE_NAME_KEY } from "./site-keys.ts";

/** The site's name, as far as this browser knows it; `load-site.ts` loads it. */
export const siteName = signal(browserStorage().getItem(SITE_NAME_KEY) ?? "Kinora");

/** The address of the site's logo; null for the default logo. */
export const siteLogo = signal(browserStorage().getItem(SITE_LOGO_KEY));
