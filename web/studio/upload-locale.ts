import type english from "@uppy/locales/lib/en_US.js";
import type { Language } from "../i18n/languages.ts";
import { language } from "../i18n/translate.ts";

type Locale = typeof english;

/** Uppy's own texts. It knows English by itself. */
const LOCALES: Partial<Record<Language, () => Promise<{ default: Locale }>>> = {
  de: () => import("@uppy/locales/lib/de_DE.js"),
  ar: () => import("@uppy/locales/lib/ar_SA.js"),
};

const loaded = await LOCALES[language()]?.();

export const uploadLocale: Locale | undefined = loaded?.default;
