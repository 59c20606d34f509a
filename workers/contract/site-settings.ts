import { z } from "zod";
import { Timestamp } from "./common.ts";
import { MATURITY_LIMITS } from "./maturity-ratings.ts";
import { LEGAL_PAGES, SETTING_NAMES, SIGN_UP_MODES } from "./setting-names.ts";
import { lineOfText, linesOfText } from "./text.ts";
import { SecondCodec } from "./second-codec.ts";

const LEGAL_TEXT_MAX = 20_000;
const limit = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What admins may change about the site while it runs. Each begins as the variable of wrangler.toml. */
export const SiteSettings = z.strictObject({
  /** In mails, titles and the header. */
  name: lineOfText(40),
  /** Colour of what stands out, behind dark text; null for the site's own. */
  accent: z
    .string()
    .regex(/^#[0-9a-f]{6}$/, "must be a colour such as #ff4f1f")
    .nullable(),
  signUp: z.enum(SIGN_UP_MODES),
  /** Of accounts that sign up. */
  signUpRole: z.enum(["viewer", "creator"]),
  checkBreachedPasswords: z.boolean(),
  /** What visitors may watch; empty for everything. */
  anonymousMaturityLimit: z.enum(["", ...MATURITY_LIMITS]),
  /** The storage takes no larger object. */
  maxUploadBytes: limit.min(1).max(5 * 1024 ** 4),
  quotaBytes: limit,
  /** 0 for no limit, as in the next two. */
  encodeMinutesPerDay: limit,
  uploadsPerDay: limit,
  maxStreamsPerAccount: limit,
  retentionDays: limit.max(3650),
  audioUploads: z.boolean(),
  normalizeLoudness: z.boolean(),
  passthrough: z.boolean(),
  secondCodec: SecondCodec,
  /** Separated by spaces. */
  blockedSearchWords: linesOfText(4000),
  imprint: linesOfText(LEGAL_TEXT_MAX),
  privacy: linesOfText(LEGAL_TEXT_MAX),
  terms: linesOfText(LEGAL_TEXT_MAX),
});
export type SiteSettings = z.infer<typeof SiteSettings>;

/** Those that were edited; the others are the variables'. */
export const EditedSettings = SiteSettings.partial();
export type EditedSettings = z.infer<typeof EditedSettings>;

const SettingName = z.enum(SETTING_NAMES);

export const SettingsState = z.object({
  /** Counts changes; 0 before the first one. */
  version: z.int(),
  values: SiteSettings,
  /** What they would be without any change. */
  defaults: SiteSettings,
  edited: z.array(SettingName),
});
export type SettingsState = z.infer<typeof SettingsState>;

export const SettingsChange = z.strictObject({
  /** The version that was read: a change of somebody else in between is not lost. */
  version: z.int().min(0),
  values: EditedSettings,
  /** Back to the variable. */
  reset: z.array(SettingName).max(SETTING_NAMES.length).default([]),
});
export type SettingsChange = z.infer<typeof SettingsChange>;

export const SettingsVersion = z.object({
  version: z.int(),
  changedAt: Timestamp,
  /** Name of the admin; null for an account that is gone. */
  changedBy: z.string().nullable(),
  values: EditedSettings,
});
export type SettingsVersion = z.infer<typeof SettingsVersion>;
export const SettingsVersionList = z.object({ items: z.array(SettingsVersion) });

/** What everyone may know about the site. */
export const SiteInfo = z.object({
  name: z.string(),
  accent: z.string().nullable(),
  /** Legal pages that have a text. */
  legal: z.array(z.enum(LEGAL_PAGES)),
});
export type SiteInfo = z.infer<typeof SiteInfo>;

export const LegalText = z.object({ text: z.string() });
