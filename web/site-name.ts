import { signal } from "@preact/signals";
import { browserStorage } from "./browser-storage.ts";
import { SITE_LOGO_KEY, SITE_NAME_KEY } from "./site-keys.ts";

/** What the site is called, as far as this browser knows; `load-site.ts` asks. */
export const siteName = signal(browserStorage().getItem(SITE_NAME_KEY) ?? "Kinora");

/** Where the logo of the site is; null for ours. */
export const siteLogo = signal(browserStorage().getItem(SITE_LOGO_KEY));
