import { newId } from "./id.ts";

const PERSONAL = "kin_";
/** Before every client secret of an OAuth app; not part of what is hashed. */
export const CLIENT_SECRET_PREFIX = "kinora_cs_";

/** `kin_` lets people and secret scanners tell what they have found. */
export const isPersonalToken = (token: string): boolean => token.startsWith(PERSONAL);

/** 44 characters, 262 bits. */
export const newSecret = (): string => newId() + newId();

/** A new personal access token: shown once to its owner, kept only as a hash. */
export const newPersonalToken = (): string => PERSONAL + newSecret();

/** SHA-256 in hex. A fast hash is enough: these secrets have more entropy than can be searched. */
export async function hashSecret(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
