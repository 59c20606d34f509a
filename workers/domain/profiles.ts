import { MATURITY_LIMITS, type MaturityLimit } from "../contract/maturity-ratings.ts";
import type { SignedIn } from "./principal.ts";
import { slowHash } from "./slow-hash.ts";

/** The profile of an account's holder, which each account has. */
export const MAIN_PROFILE = "main";

/** The profile whose history and lists the caller uses. Apps, scripts and sessions without a choice use the holder's. */
export function profileOf(caller: SignedIn): string {
  return caller.session?.profileId ?? MAIN_PROFILE;
}

/** Whether going from one limit to another shows more. */
export function isLooser(to: MaturityLimit | null, from: MaturityLimit | null): boolean {
  const height = (limit: MaturityLimit | null) =>
    limit === null ? MATURITY_LIMITS.length : MATURITY_LIMITS.indexOf(limit);
  return height(to) > height(from);
}

/** How long after a sign-in a forgotten PIN can be replaced, which requires the password. */
const FRESH_SESSION_MS = 10 * 60_000;

/** Whether the caller has just signed in, and has not opened a profile since. */
export function hasJustSignedIn({ session }: SignedIn, now: number): boolean {
  return (
    session !== undefined &&
    session.profileId === null &&
    now - session.startedAt < FRESH_SESSION_MS
  );
}

/** After this many wrong PINs, none is accepted for a while. */
export const MAX_PIN_ATTEMPTS = 5;
export const PIN_PAUSE_MS = 15 * 60_000;

/** The account and a secret of the deployment are the salt. */
export function hashPin(secret: string, userId: string, pin: string): Promise<string> {
  return slowHash(`pin ${secret} ${userId}`, pin);
}
