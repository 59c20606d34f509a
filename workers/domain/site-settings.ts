import type { EditedSettings, SiteSettings } from "../contract/site-settings.ts";
import type { SettingName } from "../contract/setting-names.ts";

/** The variables of wrangler.toml that settings take the place of. */
const VARIABLES = {
  name: "PRODUCT_NAME",
  signUp: "SIGNUP",
  signUpRole: "SIGNUP_ROLE",
  checkBreachedPasswords: "CHECK_BREACHED_PASSWORDS",
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
    const value = edited[name as SettingName];
    return value === undefined ? [] : [[variable, String(value)] as const];
  });
  return Object.fromEntries(entries);
}

/** The settings that variables mean. */
export function settingsOf(variables: SettingVariables): SiteSettings {
  const isOn = (variable: Variable) => variables[variable] !== "false";
  return {
    name: variables.PRODUCT_NAME,
    accent: null,
    signUp: variables.SIGNUP as SiteSettings["signUp"],
    signUpRole: variables.SIGNUP_ROLE === "viewer" ? "viewer" : "creator",
    checkBreachedPasswords: variables.CHECK_BREACHED_PASSWORDS === "true",
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
    imprint: "",
    privacy: "",
    terms: "",
  };
}

/** What is edited after a change. */
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
