/** Names of the settings of a site, for the browser too, and so without zod; site-settings.ts has what each may be. */
export const SETTING_NAMES = [
  "name",
  "logo",
  "accent",
  "signUp",
  "signUpRole",
  "checkBreachedPasswords",
  "dynamicRegistration",
  "anonymousMaturityLimit",
  "reviewNewCreators",
  "trustAfterReviews",
  "maxUploadBytes",
  "quotaBytes",
  "encodeMinutesPerDay",
  "uploadsPerDay",
  "maxStreamsPerAccount",
  "retentionDays",
  "audioUploads",
  "normalizeLoudness",
  "passthrough",
  "secondCodec",
  "categories",
  "languages",
  "blockedSearchWords",
  "imprint",
  "privacy",
  "terms",
] as const;
export type SettingName = (typeof SETTING_NAMES)[number];

/** Characters of the data URL of a logo: 18 KB of a file. It is shown 32 pixels high. */
export const MAX_LOGO_LENGTH = 24_000;

export const SIGN_UP_MODES = ["verified", "open", "closed"] as const;

export const LEGAL_PAGES = ["imprint", "privacy", "terms"] as const;
export type LegalPage = (typeof LEGAL_PAGES)[number];
