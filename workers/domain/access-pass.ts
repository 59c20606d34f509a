import { signatureOf } from "./signature.ts";

/** A viewer's proof for a private video: they know its password, or have a link to it. */
export interface AccessPass {
  videoId: string;
  via: "password" | "link";
  /** Id of the link or the password; a new password has a new id. */
  id: string;
  /** Milliseconds since the epoch. */
  until: number;
}

const PASS = "access-pass";
const LINK = "access-link";

/** A pass as its viewer sends it with each request. */
export async function writePass(
  secret: string,
  { videoId, via, id, until }: AccessPass,
): Promise<string> {
  const text = `${videoId}.${via}.${id}.${until}`;
  return `${text}.${await signatureOf(secret, PASS, text)}`;
}

/** @returns null for a pass that has expired, or that we did not write */
export async function readPass(
  secret: string,
  pass: string,
  now: number,
): Promise<AccessPass | null> {
  const [, text = "", videoId = "", via, id = "", until, signature] =
    /^((\w{22})\.(password|link)\.(\w{22})\.(\d{1,15}))\.([0-9a-f]{64})$/.exec(pass) ?? [];
  if (signature === undefined || Number(until) <= now) return null;
  if (signature !== (await signatureOf(secret, PASS, text))) return null;
  return { videoId, via: via as AccessPass["via"], id, until: Number(until) };
}

/**
 * The parameter `key` of an access link. It is signed rather than stored, so that its creator can copy the link again, and a
 * copy of the catalogue does not have it.
 */
export async function keyOfLink(secret: string, linkId: string): Promise<string> {
  return `${linkId}.${await signatureOf(secret, LINK, linkId)}`;
}

/** @returns the id of the link, or null for a key that we did not make */
export async function readLinkKey(secret: string, key: string): Promise<string | null> {
  const [, linkId = "", signature] = /^(\w{22})\.([0-9a-f]{64})$/.exec(key) ?? [];
  return signature !== undefined && signature === (await signatureOf(secret, LINK, linkId))
    ? linkId
    : null;
}
