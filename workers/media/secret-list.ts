import { base64url } from "jose";

const MIN_SECRET_BYTES = 32;
const KID_LENGTH = 8;

/** One secret of a list, with its id, which is part of the tokens and keys made with it. */
export interface NamedSecret {
  kid: string;
  bytes: Uint8Array;
}

/**
 * Reads a variable of comma-separated secrets. The first is in use; the others still verify or unwrap what was made
 * with them. To rotate, put a new secret in front, and remove an old one when nothing made with it is left.
 * @throws Error that names the variable when a secret is shorter than 32 characters
 */
export function secretList(
  list: string,
  variable: string,
): Promise<[NamedSecret, ...NamedSecret[]]> {
  const named = list.split(",").map(async (secret): Promise<NamedSecret> => {
    const bytes = new TextEncoder().encode(secret.trim());
    if (bytes.length < MIN_SECRET_BYTES)
      throw new Error(
        `Each secret in ${variable} must have at least ${MIN_SECRET_BYTES} characters.`,
      );
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return { kid: base64url.encode(digest).slice(0, KID_LENGTH), bytes };
  });
  return Promise.all(named as [Promise<NamedSecret>, ...Promise<NamedSecret>[]]);
}
