/** Names of the settings of a site, for the browser too, and so without zod; site-settings.ts has what each may be. */
export const SETTING_NAMES = [
  "name",
  "accent",
  "signUp",
  "signUpRole",
  "checkBreachedPasswords",
  "anonymousMaturityLimit",
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
  "blockedSearchWords",
  "imprint",
  "privacy",
  "terms",
] as const;
export type SettingName = (typeof SETTING_NAMES)[number];

export const SIGN_UP_MODES = ["verified", "open", "closed"] as const;

export const LEGAL_PAGES = ["imprint", "privacy", "terms"] as const;
export type LegalPage = (typeof LEGAL_PAGES)[number];
