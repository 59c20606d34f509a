import { hashSecret } from "./secret.ts";

const signatureOf = (secret: string, userId: string): Promise<string> =>
  hashSecret(`unsubscribe ${secret} ${userId}`);

/** The link in a digest proves that its mail went to this account. It stops the digest and does nothing else. */
export async function unsubscribeToken(secret: string, userId: string): Promise<string> {
  return `${userId}.${await signatureOf(secret, userId)}`;
}

/** @returns the id of the account that a token is for, or null for a token that we did not make */
export async function readUnsubscribeToken(secret: string, token: string): Promise<string | null> {
  const [, userId = "", signature] = /^([^.]{1,64})\.([0-9a-f]{64})$/.exec(token) ?? [];
  return signature !== undefined && signature === (await signatureOf(secret, userId))
    ? userId
    : null;
}
