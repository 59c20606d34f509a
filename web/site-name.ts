import { signal } from "@preact/signals";
import { browserStorage } from "./browser-storage.ts";
import { SITE_NAME_KEY } from "./site-keys.ts";

/** What the site is called, as far as this browser knows; `load-site.ts` asks. */
export const siteName = signal(browserStorage().getItem(SITE_NAME_KEY) ?? "Kinora");
