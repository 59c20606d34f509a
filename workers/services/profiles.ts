import { MATURITY_LIMITS, type MaturityLimit } from "../contract/maturity-ratings.ts";
import {
  isFitForKids,
  type ProfileCreate,
  type ProfileList,
  type ProfilePatch,
  type ViewerProfile,
} from "../contract/profiles.ts";
import { findAccount } from "../db/accounts/accounts.ts";
import {
  leaveProfile,
  limitSessions,
  limitUndecided,
  saveProfileMarks,
  setSessionProfile,
} from "../db/accounts/session-profiles.ts";
import { catalog } from "../db/client.ts";
import { type LibraryEnv, libraryOf } from "../db/history.ts";
import type { ProfileEntry } from "../db/library/profile-store.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { LIMITS } from "../domain/limits.ts";
import { limitOf } from "../domain/maturity.ts";
import { type Principal, type SignedIn, signedIn } from "../domain/principal.ts";
import { hasJustSignedIn, hashPin, isLooser, MAIN_PROFILE } from "../domain/profiles.ts";

type ProfileEnv = Pick<Env, "CATALOG" | "BETTER_AUTH_SECRET"> & LibraryEnv;

/** Maturity limit of a session without a chosen profile if the holder's own profile is locked. */
const LIMIT_OF_UNDECIDED = "all";
const HIGHEST_LIMIT = MATURITY_LIMITS.at(-1)!;

/** The profiles of the caller's account. */
export async function listProfiles(env: ProfileEnv, principal: Principal): Promise<ProfileList> {
  const caller = signedIn(principal);
  const { userId } = caller;
  const library = libraryOf(env, userId);
  const [account, entries, hasPin] = await Promise.all([
    findAccount(catalog(env), userId),
    library.listProfiles(),
    library.hasPin(),
  ]);
  const settings = await Promise.all(entries.map(({ id }) => library.readSettings(id)));
  return {
    items: entries.map((entry, index) => {
      const { siteLanguage, captionLanguage } = settings[index]!;
      const { id, avatar, kids, maturityLimit, locked } = entry;
      return {
        ...{ id, avatar, kids, maturityLimit, locked, siteLanguage, captionLanguage },
        name: entry.name || account?.name || "",
      } satisfies ViewerProfile;
    }),
    active: caller.session?.profileId ?? null,
    hasPin,
    canManage: caller.maturityLimit === undefined,
  };
}

/**
 * Switches the caller's session to a profile. A locked profile, or one with a higher maturity limit, needs the PIN.
 * @throws AppError not_found, conflict, pin_required, wrong_pin, pin_paused
 */
export async function openProfile(
  env: ProfileEnv,
  principal: Principal,
  id: string,
  pin: string | undefined,
): Promise<void> {
  const caller = signedIn(principal);
  if (!caller.session) throw new AppError("conflict", "Only a session can switch profiles.");
  const profile = await ownProfile(env, caller, id);
  if (profile.locked || isLooser(profile.maturityLimit, limitBefore(caller)))
    await checkPin(env, caller, pin);
  await setSessionProfile(catalog(env), caller.session.id, id, profile.maturityLimit);
  // The profile may have been changed or deleted after its sessions were updated.
  const now = await libraryOf(env, caller.userId).getProfile(id);
  if (!now) await leaveProfile(catalog(env), caller.userId, id);
  else if (now.maturityLimit !== profile.maturityLimit)
    await limitSessions(catalog(env), caller.userId, id, now.maturityLimit);
}

/** Until a profile is chosen, the viewer may be one with a limit. */
function limitBefore(caller: SignedIn): MaturityLimit | null {
  const limit = limitOf(caller);
  return caller.session?.profileId === null && limit !== null ? HIGHEST_LIMIT : limit;
}

/** @throws AppError limit_reached, conflict, pin_required, wrong_pin, pin_paused */
export async function addProfile(
  env: ProfileEnv,
  principal: Principal,
  { siteLanguage, captionLanguage, ...details }: ProfileCreate,
  pin: string | undefined,
): Promise<{ id: string }> {
  const caller = signedIn(principal);
  await checkPin(env, caller, pin);
  await assertPinFor(env, caller, details);
  const library = libraryOf(env, caller.userId);
  const id = newId();
  if (!(await library.createProfile({ ...details, id, createdAt: Date.now() })))
    throw new AppError(
      "limit_reached",
      `An account can have ${LIMITS.profilesPerAccount} profiles. Delete one first.`,
    );
  await library.changeSettings(id, { siteLanguage, captionLanguage });
  // A caller who creates profiles before choosing one is the holder.
  if (caller.session?.profileId === null)
    await setSessionProfile(catalog(env), caller.session.id, MAIN_PROFILE, null);
  await markProfiles(env, caller);
  return { id };
}

/** @throws AppError not_found, conflict, invalid_request, pin_required, wrong_pin, pin_paused */
export async function editProfile(
  env: ProfileEnv,
  principal: Principal,
  id: string,
  { siteLanguage, captionLanguage, ...patch }: ProfilePatch,
  pin: string | undefined,
): Promise<void> {
  const caller = signedIn(principal);
  const before = await ownProfile(env, caller, id);
  await checkPin(env, caller, pin);
  const change = Object.fromEntries(
    Object.entries(patch).filter(([, value]) => value !== undefined),
  ) as Partial<ProfileEntry>;
  const after = { ...before, ...change };
  if (id === MAIN_PROFILE && (after.kids || after.maturityLimit !== null))
    throw new AppError("conflict", "The profile of the account's holder has no limit.");
  if (!isFitForKids(after))
    throw new AppError("invalid_request", "The limit of a child's profile is 12 at most.", {
      fields: [{ path: "body.maturityLimit", message: "must be 12 at most" }],
    });
  await assertPinFor(env, caller, after);
  const library = libraryOf(env, caller.userId);
  await library.updateProfile(id, change);
  if (siteLanguage !== undefined || captionLanguage !== undefined)
    await library.changeSettings(id, {
      ...(siteLanguage !== undefined && { siteLanguage }),
      ...(captionLanguage !== undefined && { captionLanguage }),
    });
  const db = catalog(env);
  if (after.maturityLimit !== before.maturityLimit)
    await limitSessions(db, caller.userId, id, after.maturityLimit);
  await markProfiles(env, caller);
  // On devices where no profile is chosen, another person may be watching as the holder.
  if (id === MAIN_PROFILE && after.locked && !before.locked)
    await limitUndecided(db, caller.userId, caller.session?.id ?? "", LIMIT_OF_UNDECIDED);
}

/**
 * Deletes a profile with its history, lists and likes. Devices that have it open choose again.
 * @throws AppError not_found, conflict, pin_required, wrong_pin, pin_paused
 */
export async function removeProfile(
  env: ProfileEnv,
  principal: Principal,
  id: string,
  pin: string | undefined,
): Promise<void> {
  const caller = signedIn(principal);
  await ownProfile(env, caller, id);
  if (id === MAIN_PROFILE)
    throw new AppError("conflict", "The profile of the account's holder cannot be deleted.");
  await checkPin(env, caller, pin);
  await libraryOf(env, caller.userId).deleteProfile(caller.userId, id);
  await leaveProfile(catalog(env), caller.userId, id);
  await markProfiles(env, caller);
}

/**
 * Sets, changes or removes the PIN. A caller who has just signed in does not need the old one, because they have the
 * password.
 * @throws AppError conflict while a profile needs the PIN; limited_profile, pin_required, wrong_pin, pin_paused
 */
export async function changePin(
  env: ProfileEnv,
  principal: Principal,
  next: string | null,
  pin: string | undefined,
): Promise<void> {
  const caller = signedIn(principal);
  const isHolder = hasJustSignedIn(caller, Date.now());
  if (!isHolder && caller.maturityLimit)
    throw new AppError("limited_profile", "This profile may not do this. Choose another profile.");
  if (!isHolder) await checkPin(env, caller, pin);
  const library = libraryOf(env, caller.userId);
  if (next === null && (await library.listProfiles()).some(needsPin))
    throw new AppError(
      "conflict",
      "Profiles with a lock or a limit need the PIN. Remove the locks and limits first.",
    );
  await library.setPin(
    next === null ? null : await hashPin(env.BETTER_AUTH_SECRET, caller.userId, next),
  );
}

const needsPin = ({ locked, maturityLimit }: Pick<ProfileEntry, "locked" | "maturityLimit">) =>
  locked || maturityLimit !== null;

/** @throws AppError conflict for a lock or a limit that anyone could leave */
async function assertPinFor(
  env: LibraryEnv,
  { userId }: SignedIn,
  profile: Pick<ProfileEntry, "locked" | "maturityLimit">,
): Promise<void> {
  if (needsPin(profile) && !(await libraryOf(env, userId).hasPin()))
    throw new AppError(
      "conflict",
      "Set a PIN first: without one, anyone could leave this profile.",
    );
}

async function ownProfile(env: LibraryEnv, caller: SignedIn, id: string): Promise<ProfileEntry> {
  const profile = await libraryOf(env, caller.userId).getProfile(id);
  if (!profile) throw new AppError("not_found", "This profile does not exist.");
  return profile;
}

/** @throws AppError pin_required, wrong_pin, pin_paused, unless the PIN is right or the account has none */
async function checkPin(
  env: ProfileEnv,
  { userId }: SignedIn,
  pin: string | undefined,
): Promise<void> {
  const now = Date.now();
  const hash = pin ? await hashPin(env.BETTER_AUTH_SECRET, userId, pin) : null;
  const check = await libraryOf(env, userId).checkPin(hash, now);
  switch (check.result) {
    case "right":
      return;
    case "missing":
      throw new AppError("pin_required", "Enter the PIN of your account.");
    case "wrong":
      throw new AppError("wrong_pin", "This is not the PIN of your account.");
    case "paused":
      throw new AppError("pin_paused", "Too many wrong PINs. Try again in 15 minutes.", {
        headers: { "retry-after": String(Math.ceil((check.until - now) / 1000)) },
      });
  }
}

/** Records in the account's row what sign-ins and pages need to know about the profiles. */
async function markProfiles(env: ProfileEnv, { userId }: SignedIn): Promise<void> {
  const profiles = await libraryOf(env, userId).listProfiles();
  const isHolderLocked = profiles.some(({ id, locked }) => id === MAIN_PROFILE && locked);
  await saveProfileMarks(catalog(env), userId, {
    hasProfiles: profiles.length > 1,
    startLimit: isHolderLocked ? LIMIT_OF_UNDECIDED : null,
  });
}
