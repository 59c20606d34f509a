import { z } from "zod";
import { AVATARS } from "./avatars.ts";
import { Language } from "./common.ts";
import { SiteLanguage } from "./library.ts";
import { MATURITY_LIMITS } from "./maturity-ratings.ts";
import { lineOfText } from "./text.ts";

export const ProfileName = lineOfText(30);
export const Pin = z.string().regex(/^\d{4,8}$/, "must have four to eight digits");

export const MaturityLimit = z.enum(MATURITY_LIMITS);

/** A profile of an account: each has its own history, watchlist, likes and settings. */
export const ViewerProfile = z.object({
  /** `main` for the profile of the account's holder, which has no limit and cannot be deleted. */
  id: z.string(),
  name: z.string(),
  avatar: z.enum(AVATARS),
  /** The site shows itself as made for children. */
  kids: z.boolean(),
  /** The highest rating that it is shown, without unrated videos; null for everything. */
  maturityLimit: MaturityLimit.nullable(),
  /** It opens only with the PIN. */
  locked: z.boolean(),
  siteLanguage: SiteLanguage.nullable(),
  captionLanguage: Language.nullable(),
});
export type ViewerProfile = z.infer<typeof ViewerProfile>;

const KIDS_LIMITS: readonly unknown[] = ["all", "7", "12"];
const KIDS_LIMIT_TEXT = "must be 12 at most for a profile of a child";

/** A profile of a child has a low limit. */
export function isFitForKids({ kids, maturityLimit }: { kids: boolean; maturityLimit: unknown }) {
  return !kids || KIDS_LIMITS.includes(maturityLimit);
}

const Settable = {
  name: ProfileName,
  avatar: z.enum(AVATARS),
  kids: z.boolean(),
  maturityLimit: MaturityLimit.nullable(),
  locked: z.boolean(),
  /** The language of the site in this profile; null for the browser's language. */
  siteLanguage: SiteLanguage.nullable(),
  /** Captions that are shown by themselves; null for none. */
  captionLanguage: Language.nullable(),
};

export const ProfileCreate = z
  .strictObject({
    ...Settable,
    kids: Settable.kids.default(false),
    maturityLimit: Settable.maturityLimit.default(null),
    locked: Settable.locked.default(false),
    siteLanguage: Settable.siteLanguage.default(null),
    captionLanguage: Settable.captionLanguage.default(null),
  })
  .refine(isFitForKids, { path: ["maturityLimit"], message: KIDS_LIMIT_TEXT });
export type ProfileCreate = z.infer<typeof ProfileCreate>;

export const ProfilePatch = z.strictObject(Settable).partial();
export type ProfilePatch = z.infer<typeof ProfilePatch>;

export const ProfileList = z.object({
  /** The account's own first, then the oldest. */
  items: z.array(ViewerProfile),
  /** The profile of this session; null while it has not chosen one. */
  active: z.string().nullable(),
  hasPin: z.boolean(),
  /** This session may change profiles: its profile has no limit. */
  canManage: z.boolean(),
});
export type ProfileList = z.infer<typeof ProfileList>;

export const ActiveProfile = z.strictObject({ id: z.string().max(64) });
export const PinChange = z.strictObject({
  /** Null removes it. */
  pin: Pin.nullable(),
});

/** The account's PIN is sent in a header, so that it never appears in logs of URLs. */
export const PinHeader = z.object({ "kinora-pin": z.string().max(16).optional() });
