import { z } from "zod";
import { DEFAULT_CATEGORY } from "./categories.ts";
import { Language, Timestamp } from "./common.ts";
import { languageCodes } from "./language-codes.ts";
import { MATURITY_LIMITS } from "./maturity-ratings.ts";
import { LEGAL_PAGES, MAX_LOGO_LENGTH, SETTING_NAMES, SIGN_UP_MODES } from "./setting-names.ts";
import { lineOfText, linesOfText } from "./text.ts";
import { SecondCodec } from "./second-codec.ts";
import { Category } from "./videos.ts";

const LEGAL_TEXT_MAX = 20_000;
const limit = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

const Categories = z
  .array(z.strictObject({ slug: Category, name: lineOfText(40), offered: z.boolean() }))
  .max(40)
  .refine(
    (list) => new Set(list.map(({ slug }) => slug)).size === list.length,
    "must not repeat a slug",
  )
  .refine(
    (list) => new Set(list.map(({ name }) => name.toLowerCase())).size === list.length,
    "must not repeat a name",
  )
  .refine(
    (list) => list.some(({ slug, offered }) => offered && slug === DEFAULT_CATEGORY),
    `must offer the category ${DEFAULT_CATEGORY}, which videos have that were put into none`,
  );

/** A data URL of an image whose first bytes are those of its type. */
const LOGO =
  /^data:image\/(?:png;base64,iVBORw0KGgo|jpeg;base64,\/9j\/|webp;base64,UklGR)[A-Za-z0-9+/]*={0,2}$/;

/** Settings that admins may change while the site runs. The defaults are the variables of wrangler.toml. */
export const SiteSettings = z.strictObject({
  /** Shown in mails, titles and the header. */
  name: lineOfText(40),
  /**
   * Shown next to the name in the header: a small image as a data URL. Never SVG, which may contain scripts. Null for
   * the default logo.
   */
  logo: z
    .string()
    .max(MAX_LOGO_LENGTH, "must be smaller")
    .regex(LOGO, "must be a PNG, JPEG or WebP image as a data URL")
    .nullable(),
  /** Accent colour, used behind dark text; null for the default. */
  accent: z
    .string()
    .regex(/^#[0-9a-f]{6}$/, "must be a colour such as #ff4f1f")
    .nullable(),
  signUp: z.enum(SIGN_UP_MODES),
  /** Role of accounts that sign up. */
  signUpRole: z.enum(["viewer", "creator"]),
  checkBreachedPasswords: z.boolean(),
  /** Any client registers with the OAuth server without an account. */
  dynamicRegistration: z.boolean(),
  /** Maturity limit of visitors; empty for none. */
  anonymousMaturityLimit: z.enum(["", ...MATURITY_LIMITS]),
  /** The first videos of a creator wait for a moderator. */
  reviewNewCreators: z.boolean(),
  /** Number of approvals after which a creator may publish without reviews; 0 for never. */
  trustAfterReviews: limit.max(1000),
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
  categories: Categories,
  /** Languages of videos, as codes separated by spaces; empty for every language. */
  languages: linesOfText(2000).refine(
    (text) => languageCodes(text).every((code) => Language.safeParse(code).success),
    "must be language codes, such as en or pt-BR, separated by spaces",
  ),
  /** Words separated by spaces. */
  blockedSearchWords: linesOfText(4000),
  imprint: linesOfText(LEGAL_TEXT_MAX),
  privacy: linesOfText(LEGAL_TEXT_MAX),
  terms: linesOfText(LEGAL_TEXT_MAX),
});
export type SiteSettings = z.infer<typeof SiteSettings>;

/** The settings that were changed; the others come from the variables. */
export const EditedSettings = SiteSettings.partial();
export type EditedSettings = z.infer<typeof EditedSettings>;

const SettingName = z.enum(SETTING_NAMES);

export const SettingsState = z.object({
  /** Counts changes; 0 before the first one. */
  version: z.int(),
  values: SiteSettings,
  /** The values without any change. */
  defaults: SiteSettings,
  edited: z.array(SettingName),
});
export type SettingsState = z.infer<typeof SettingsState>;

export const SettingsChange = z.strictObject({
  /** The version that was read, so that a concurrent change by another admin is not overwritten. */
  version: z.int().min(0),
  values: EditedSettings,
  /** Resets it to the variable. */
  reset: z.array(SettingName).max(SETTING_NAMES.length).default([]),
});
export type SettingsChange = z.infer<typeof SettingsChange>;

export const SettingsVersion = z.object({
  version: z.int(),
  changedAt: Timestamp,
  /** Name of the admin; null for a deleted account. */
  changedBy: z.string().nullable(),
  values: EditedSettings,
});
export type SettingsVersion = z.infer<typeof SettingsVersion>;
export const SettingsVersionList = z.object({ items: z.array(SettingsVersion) });

/** The public settings of the site. */
export const SiteInfo = z.object({
  name: z.string(),
  /** Its address, below the origin. */
  logo: z.string().nullable(),
  accent: z.string().nullable(),
  /** In display order, including categories that are no longer offered; null for the default categories. */
  categories: Categories.nullable(),
  /** Languages that videos can have, as codes; empty for every language. */
  languages: z.array(z.string()),
  /** Legal pages that have a text. */
  legal: z.array(z.enum(LEGAL_PAGES)),
});
export type SiteInfo = z.infer<typeof SiteInfo>;

export const LegalText = z.object({ text: z.string() });
