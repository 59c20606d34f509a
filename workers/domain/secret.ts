import { newId } from "./id.ts";

/** Lets people and secret scanners recognise a personal access token. */
const PERSONAL_TOKEN_PREFIX = "kin_";
/** Precedes the client secret of every OAuth app; it is not part of what is hashed. */
export const CLIENT_SECRET_PREFIX = "kinora_cs_";

/** The same for the token of a remote runner. */
export const RUNNER_TOKEN_PREFIX = "kinora_rt_";

export function isPersonalToken(token: string): boolean {
  return token.startsWith(PERSONAL_TOKEN_PREFIX);
}

/** 44 characters, 262 bits. */
export function newSecret(): string {
  return newId() + newId();
}

/** A new personal access token: shown once, stored only as a hash. */
export function newPersonalToken(): string {
  return PERSONAL_TOKEN_PREFIX + newSecret();
}

/** A new token for a remote runner: shown once, stored only as a hash. */
export function newRunnerToken(): string {
  return RUNNER_TOKEN_PREFIX + newSecret();
}

/** The name by which the auth library keeps the token of a link to choose a password (its option `storeIdentifier: "hashed"`). */
export async function resetIdentifier(token: string): Promise<string> {
  const bytes = new TextEncoder().encode(`reset-password:${token}`);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** SHA-256 in hex. A fast hash is enough: these secrets have too much entropy to be guessed. */
export async function hashSecret(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
