import { MATURITY_LIMITS, type MaturityLimit } from "../contract/maturity-ratings.ts";
import type { SignedIn } from "./principal.ts";

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

/** So long after a sign-in a forgotten PIN can be replaced: who has the password may do so. */
const FRESH_SESSION_MS = 10 * 60_000;

/** Whether the caller has just signed in, and has not opened a profile since. */
export function hasJustSignedIn({ session }: SignedIn, now: number): boolean {
  return (
    session !== undefined &&
    session.profileId === null &&
    now - session.startedAt < FRESH_SESSION_MS
  );
}

/** After so many wrong PINs none is accepted for a while. */
export const MAX_PIN_ATTEMPTS = 5;
export const PIN_PAUSE_MS = 15 * 60_000;

/** The most that workerd allows. A PIN has few digits, so what protects it is the secret. */
const PIN_HASH_ITERATIONS = 100_000;

/** PBKDF2 of a PIN in hex, with the account and a secret of the deployment as its salt. */
export async function hashPin(secret: string, userId: string, pin: string): Promise<string> {
  const encode = (text: string) => new TextEncoder().encode(text);
  const key = await crypto.subtle.importKey("raw", encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits(
    {
      name: "PBKDF2",
      hash: "SHA-256",
      salt: encode(`pin ${secret} ${userId}`),
      iterations: PIN_HASH_ITERATIONS,
    },
    key,
    256,
  );
  return Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
