import { newId } from "./id.ts";

/** `kin_` lets people and secret scanners tell what they have found. */
const PREFIX = "kin_";

export const isPersonalToken = (token: string): boolean => token.startsWith(PREFIX);

/** A new token, 262 bits: shown once to its owner, kept only as a hash. */
export const newPersonalToken = (): string => `${PREFIX}${newId()}${newId()}`;

/** SHA-256 in hex. A fast hash is enough: the token has more entropy than can be searched. */
export async function hashPersonalToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
