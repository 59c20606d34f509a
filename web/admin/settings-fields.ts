import type { SettingName } from "../../workers/contract/setting-names.ts";
import type { SiteSettings } from "../../workers/contract/site-settings.ts";
import type { PlainKey } from "../i18n/translate.ts";

type NamesOf<Value> = {
  [Name in SettingName]: SiteSettings[Name] extends Value ? Name : never;
}[SettingName];

/** How a setting is edited. */
export type SettingField =
  | { name: NamesOf<string>; kind: "line" | "lines"; maxLength: number; hint?: PlainKey }
  | { name: NamesOf<number>; kind: "number"; hint?: PlainKey }
  | { name: NamesOf<number>; kind: "size" }
  | { name: NamesOf<boolean>; kind: "check"; hint?: PlainKey }
  | { name: NamesOf<string>; kind: "choice"; options: Record<string, PlainKey>; hint?: PlainKey }
  | { name: "accent"; kind: "colour" }
  | { name: "logo"; kind: "logo" }
  | { name: "categories"; kind: "categories" };

interface SettingGroup {
  title: PlainKey;
  fields: readonly SettingField[];
}

const LEGAL_TEXT_MAX = 20_000;

export const SETTING_GROUPS: readonly SettingGroup[] = [
  {
    title: "setting.look",
    fields: [
      { name: "name", kind: "line", maxLength: 40 },
      { name: "logo", kind: "logo" },
      { name: "accent", kind: "colour" },
    ],
  },
  {
    title: "setting.access",
    fields: [
      {
        name: "signUp",
        kind: "choice",
        options: {
          verified: "setting.signUp.verified",
          open: "setting.signUp.open",
          closed: "setting.signUp.closed",
        },
      },
      {
        name: "signUpRole",
        kind: "choice",
        hint: "setting.hint.signUpRole",
        options: { viewer: "admin.role.viewer", creator: "admin.role.creator" },
      },
      {
        name: "checkBreachedPasswords",
        kind: "check",
        hint: "setting.hint.checkBreachedPasswords",
      },
      { name: "dynamicRegistration", kind: "check", hint: "setting.hint.dynamicRegistration" },
      {
        name: "anonymousMaturityLimit",
        kind: "choice",
        hint: "setting.hint.anonymousMaturityLimit",
        options: {
          "": "setting.rating.any",
          all: "setting.rating.all",
          "7": "setting.rating.7",
          "12": "setting.rating.12",
          "16": "setting.rating.16",
        },
      },
    ],
  },
  {
    title: "setting.publishing",
    fields: [
      { name: "categories", kind: "categories" },
      { name: "languages", kind: "lines", maxLength: 2000, hint: "setting.languagesHint" },
      { name: "reviewNewCreators", kind: "check" },
      { name: "trustAfterReviews", kind: "number", hint: "setting.hint.trustAfterReviews" },
    ],
  },
  {
    title: "setting.limits",
    fields: [
      { name: "maxUploadBytes", kind: "size" },
      { name: "quotaBytes", kind: "size" },
      { name: "encodeMinutesPerDay", kind: "number", hint: "setting.hint.encodeMinutesPerDay" },
      { name: "uploadsPerDay", kind: "number" },
      { name: "maxStreamsPerAccount", kind: "number" },
      { name: "retentionDays", kind: "number", hint: "setting.hint.retentionDays" },
    ],
  },
  {
    title: "setting.encoding",
    fields: [
      { name: "audioUploads", kind: "check" },
      { name: "passthrough", kind: "check", hint: "setting.hint.passthrough" },
      { name: "normalizeLoudness", kind: "check", hint: "setting.hint.normalizeLoudness" },
      {
        name: "secondCodec",
        kind: "choice",
        hint: "setting.hint.secondCodec",
        options: {
          none: "setting.codec.none",
          av1: "setting.codec.av1",
          vp9: "setting.codec.vp9",
        },
      },
    ],
  },
  {
    title: "setting.searches",
    fields: [
      {
        name: "blockedSearchWords",
        kind: "lines",
        hint: "setting.hint.blockedSearchWords",
        maxLength: 4000,
      },
    ],
  },
  {
    title: "setting.legal",
    fields: [
      { name: "imprint", kind: "lines", maxLength: LEGAL_TEXT_MAX, hint: "setting.hint.legal" },
      { name: "privacy", kind: "lines", maxLength: LEGAL_TEXT_MAX, hint: "setting.hint.legal" },
      { name: "terms", kind: "lines", maxLength: LEGAL_TEXT_MAX, hint: "setting.hint.legal" },
    ],
  },
];
