import { CompactEncrypt, compactDecrypt, type CompactJWEHeaderParameters } from "jose";
import { type NamedSecret, secretList } from "./secret-list.ts";

/**
 * The key of one version's segments: 128 random bits that exist in the clear only while a segment is encrypted or a
 * player with a grant fetches it. D1 and the task tokens hold it wrapped, as a JWE (RFC 7516, `dir`, A256GCM) under
 * a key that is derived from the first of `CONTENT_KEY_SECRETS`; the others still open what they have wrapped.
 */
export type WrappedKey = string;

type KeyEnv = Pick<Env, "CONTENT_KEY_SECRETS">;

const WRAPPING = { name: "AES-GCM", length: 256 };

async function wrappingKey({ bytes }: NamedSecret): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("kinora content key");
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(derivation, secret, WRAPPING, false, ["encrypt", "decrypt"]);
}

const secretsOf = (env: KeyEnv) => secretList(env.CONTENT_KEY_SECRETS, "CONTENT_KEY_SECRETS");

/** A new key, wrapped. */
export async function newContentKey(env: KeyEnv): Promise<WrappedKey> {
  const [current] = await secretsOf(env);
  return new CompactEncrypt(crypto.getRandomValues(new Uint8Array(16)))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: current.kid })
    .encrypt(await wrappingKey(current));
}

/**
 * The 16 bytes of a wrapped key.
 * @throws Error when no secret of the list has wrapped it, or it was altered
 */
export async function openContentKey(
  env: KeyEnv,
  wrapped: WrappedKey,
): Promise<Uint8Array<ArrayBuffer>> {
  const secrets = await secretsOf(env);
  const options = { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] };
  const { plaintext } = await compactDecrypt(
    wrapped,
    ({ kid: wanted }: CompactJWEHeaderParameters) => {
      const secret = secrets.find(({ kid }) => kid === wanted);
      if (!secret) throw new Error("CONTENT_KEY_SECRETS lacks the secret that wrapped this key.");
      return wrappingKey(secret);
    },
    options,
  );
  return new Uint8Array(plaintext);
}

const BLOCK = 16;

/** Bytes of a segment once it is encrypted: PKCS7 always adds some (RFC 5652, 6.3). */
export const encryptedSize = (bytes: number): number => bytes + BLOCK - (bytes % BLOCK);

/**
 * Encrypts a whole segment as METHOD=AES-128 wants it: AES-128-CBC with PKCS7. The IV is the segment's number in
 * the playlist, which counts from 0, as 128 bits big-endian: players assume it without an IV attribute
 * (RFC 8216bis, 4.4.4.4 and 5.2). Every rendition of a version has the same key.
 */
export async function encryptSegment(
  key: Uint8Array<ArrayBuffer>,
  index: number,
  segment: BufferSource,
): Promise<ArrayBuffer> {
  const iv = new Uint8Array(BLOCK);
  new DataView(iv.buffer).setUint32(BLOCK - 4, index);
  const imported = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["encrypt"]);
  return crypto.subtle.encrypt({ name: "AES-CBC", iv }, imported, segment);
}
