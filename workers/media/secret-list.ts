import { base64url } from "jose";

/** One secret of a list, with the id by which what it made names it. */
export interface NamedSecret {
  kid: string;
  bytes: Uint8Array;
}

/**
 * Reads a variable of comma-separated secrets. The first is the one in use, all of them are good for what was made
 * before: a new one is put in front, and an old one is taken away when nothing of it is left.
 * @throws Error that names the variable when one of them is shorter than 32 characters
 */
export function secretList(
  list: string,
  variable: string,
): Promise<[NamedSecret, ...NamedSecret[]]> {
  const named = list.split(",").map(async (secret): Promise<NamedSecret> => {
    const bytes = new TextEncoder().encode(secret.trim());
    if (bytes.length < 32) throw new Error(`Each of ${variable} must have at least 32 characters.`);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return { kid: base64url.encode(digest).slice(0, 8), bytes };
  });
  return Promise.all(named as [Promise<NamedSecret>, ...Promise<NamedSecret>[]]);
}
