import { CATEGORIES } from "../contract/categories.ts";
import { languageCodes } from "../contract/language-codes.ts";
import type { EditedSettings, SiteSettings } from "../contract/site-settings.ts";
import { SETTING_NAMES, type SettingName } from "../contract/setting-names.ts";

/** The variables of wrangler.toml that settings override. */
const VARIABLES = {
  name: "PRODUCT_NAME",
  signUp: "SIGNUP",
  signUpRole: "SIGNUP_ROLE",
  checkBreachedPasswords: "CHECK_BREACHED_PASSWORDS",
  dynamicRegistration: "ALLOW_DYNAMIC_REGISTRATION",
  reviewNewCreators: "REVIEW_NEW_CREATORS",
  trustAfterReviews: "TRUST_AFTER_REVIEWS",
  anonymousMaturityLimit: "ANONYMOUS_MATURITY_LIMIT",
  maxUploadBytes: "MAX_UPLOAD_BYTES",
  quotaBytes: "QUOTA_BYTES",
  encodeMinutesPerDay: "ENCODE_MINUTES_PER_DAY",
  uploadsPerDay: "UPLOADS_PER_DAY",
  maxStreamsPerAccount: "MAX_STREAMS_PER_ACCOUNT",
  retentionDays: "RETENTION_DAYS",
  audioUploads: "AUDIO_UPLOADS",
  normalizeLoudness: "NORMALIZE_LOUDNESS",
  passthrough: "PASSTHROUGH",
  secondCodec: "SECOND_CODEC",
  blockedSearchWords: "BLOCKED_SEARCH_WORDS",
} as const satisfies Partial<Record<SettingName, string>>;

type Variable = (typeof VARIABLES)[keyof typeof VARIABLES];
export type SettingVariables = Record<Variable, string>;

/** The variables as they would be in wrangler.toml, for the settings that were edited. */
export function variablesOf(edited: EditedSettings): Partial<SettingVariables> {
  const entries = Object.entries(VARIABLES).flatMap(([name, variable]) => {
    const value = edited[name as keyof typeof VARIABLES];
    return value === undefined ? [] : [[variable, String(value)] as const];
  });
  return Object.fromEntries(entries);
}

const CATEGORIES_AT_FIRST: SiteSettings["categories"] = CATEGORIES.map((category) => ({
  ...category,
  offered: true,
}));

/** The settings that variables mean. */
export function settingsOf(variables: SettingVariables): SiteSettings {
  const isOn = (variable: Variable) => variables[variable] !== "false";
  return {
    name: variables.PRODUCT_NAME,
    logo: null,
    accent: null,
    signUp: variables.SIGNUP as SiteSettings["signUp"],
    signUpRole: variables.SIGNUP_ROLE === "viewer" ? "viewer" : "creator",
    checkBreachedPasswords: variables.CHECK_BREACHED_PASSWORDS === "true",
    dynamicRegistration: variables.ALLOW_DYNAMIC_REGISTRATION === "true",
    reviewNewCreators: variables.REVIEW_NEW_CREATORS === "true",
    trustAfterReviews: Number(variables.TRUST_AFTER_REVIEWS),
    anonymousMaturityLimit:
      variables.ANONYMOUS_MATURITY_LIMIT as SiteSettings["anonymousMaturityLimit"],
    maxUploadBytes: Number(variables.MAX_UPLOAD_BYTES),
    quotaBytes: Number(variables.QUOTA_BYTES),
    encodeMinutesPerDay: Number(variables.ENCODE_MINUTES_PER_DAY),
    uploadsPerDay: Number(variables.UPLOADS_PER_DAY),
    maxStreamsPerAccount: Number(variables.MAX_STREAMS_PER_ACCOUNT),
    retentionDays: Number(variables.RETENTION_DAYS),
    audioUploads: isOn("AUDIO_UPLOADS"),
    normalizeLoudness: isOn("NORMALIZE_LOUDNESS"),
    passthrough: isOn("PASSTHROUGH"),
    secondCodec: variables.SECOND_CODEC as SiteSettings["secondCodec"],
    blockedSearchWords: variables.BLOCKED_SEARCH_WORDS,
    categories: CATEGORIES_AT_FIRST,
    languages: "",
    imprint: "",
    privacy: "",
    terms: "",
  };
}

/** The categories that a creator may choose. */
export interface Offered {
  categories: SiteSettings["categories"];
  /** Empty for every language. */
  languages: string[];
}

export function offeredBy({
  categories = CATEGORIES_AT_FIRST,
  languages = "",
}: Pick<EditedSettings, "categories" | "languages">): Offered {
  return {
    categories: categories.filter(({ offered }) => offered),
    languages: languageCodes(languages),
  };
}

interface Placement {
  category?: string | undefined;
  language?: string | null | undefined;
}

/** The values of a change that the site does not offer. A video may keep its current values. */
export function notOffered(
  { categories, languages }: Offered,
  change: Placement,
  before: Placement = {},
): { field: keyof Placement; message: string }[] {
  const { category, language } = change;
  const isCategory =
    category === undefined ||
    category === before.category ||
    categories.some(({ slug }) => slug === category);
  const isLanguage =
    !language ||
    language === before.language ||
    languages.length === 0 ||
    languages.some((code) => code.toLowerCase() === language.toLowerCase());
  return [
    ...(isCategory
      ? []
      : [{ field: "category" as const, message: "must be a category of this site" }]),
    ...(isLanguage
      ? []
      : [{ field: "language" as const, message: "must be a language of this site" }]),
  ];
}

/** An image of the settings as a file. */
export function logoFile(logo: string): { type: string; bytes: Uint8Array<ArrayBuffer> } {
  const [head = "", data = ""] = logo.split(";base64,");
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return { type: head.replace("data:", ""), bytes };
}

/** Settings as the audit log has them: an image is not to be read there. */
export function withoutImage({ logo, ...rest }: EditedSettings): Record<string, unknown> {
  return logo ? { ...rest, logo: `…${logo.slice(-24)}` } : { ...rest, logo };
}

/** The overridden settings after a change. */
export function changedSettings(
  before: EditedSettings,
  values: EditedSettings,
  reset: readonly SettingName[],
): EditedSettings {
  const all = Object.entries({ ...before, ...values });
  return Object.fromEntries(
    all.filter(([name, value]) => value !== undefined && !reset.includes(name as SettingName)),
  );
}

/** Whether two sets of changed settings are the same. */
export function isSameSettings(one: EditedSettings, other: EditedSettings): boolean {
  return SETTING_NAMES.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}
