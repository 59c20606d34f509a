import { CompactEncrypt, compactDecrypt, type CompactJWEHeaderParameters } from "jose";
import { type NamedSecret, secretList } from "./secret-list.ts";

/**
 * The key of one version's segments: 128 random bits that exist in the clear only while a segment is encrypted or a
 * player with a playback token fetches the key. D1 and the task tokens hold it wrapped: as a JWE (RFC 7516, `dir`, A256GCM)
 * under a key derived from the first of `CONTENT_KEY_SECRETS`. The other secrets only unwrap older keys.
 */
export type WrappedKey = string;

type KeyEnv = Pick<Env, "CONTENT_KEY_SECRETS">;

const WRAPPING_ALGORITHM = { name: "AES-GCM", length: 256 };

async function wrappingKey({ bytes }: NamedSecret): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("kinora content key");
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(derivation, secret, WRAPPING_ALGORITHM, false, [
    "encrypt",
    "decrypt",
  ]);
}

const secretsOf = (env: KeyEnv) => secretList(env.CONTENT_KEY_SECRETS, "CONTENT_KEY_SECRETS");

/** Makes a new key, wrapped. */
export async function newContentKey(env: KeyEnv): Promise<WrappedKey> {
  const [current] = await secretsOf(env);
  return new CompactEncrypt(crypto.getRandomValues(new Uint8Array(16)))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: current.kid })
    .encrypt(await wrappingKey(current));
}

/**
 * Unwraps a key: 16 bytes.
 * @throws Error when its secret is no longer in the list, or when it was altered
 */
export async function openContentKey(
  env: KeyEnv,
  wrapped: WrappedKey,
): Promise<Uint8Array<ArrayBuffer>> {
  const secrets = await secretsOf(env);
  const options = { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] };
  const { plaintext } = await compactDecrypt(
    wrapped,
    ({ kid: wrappedBy }: CompactJWEHeaderParameters) => {
      const secret = secrets.find(({ kid }) => kid === wrappedBy);
      if (!secret) throw new Error("CONTENT_KEY_SECRETS lacks the secret that wrapped this key.");
      return wrappingKey(secret);
    },
    options,
  );
  return new Uint8Array(plaintext);
}

const BLOCK_BYTES = 16;

/** The size of a segment after encryption. PKCS7 always adds padding (RFC 5652, 6.3). */
export const encryptedSize = (bytes: number): number => bytes + BLOCK_BYTES - (bytes % BLOCK_BYTES);

/** The size of the encrypted beginning of a segment, as `encryptedStart` makes it. */
export const encryptedStartSize = (bytes: number): number =>
  Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES + BLOCK_BYTES;

/**
 * Turns the beginning of an encrypted segment into a complete encrypted segment, without decrypting it: whole blocks
 * that hold at least `bytes` bytes of the clear segment, and a padding block that is derived from the last one. Players
 * decrypt it with the IV of the segment.
 *
 * @param segment encrypted; at least as much of it as that
 * @returns null if the segment is shorter
 */
export async function encryptedStart(
  key: Uint8Array<ArrayBuffer>,
  segment: Uint8Array<ArrayBuffer>,
  bytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const length = encryptedStartSize(bytes) - BLOCK_BYTES;
  if (length === 0 || segment.length < length) return null;
  const start = segment.subarray(0, length);
  const imported = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["encrypt"]);
  // CBC: the next block is encrypted with the previous one as its IV, and encrypting an empty text yields the padding
  // block.
  const iv = start.slice(length - BLOCK_BYTES);
  const padding = await crypto.subtle.encrypt({ name: "AES-CBC", iv }, imported, new Uint8Array());
  const result = new Uint8Array(length + BLOCK_BYTES);
  result.set(start);
  result.set(new Uint8Array(padding), length);
  return result;
}

/**
 * Encrypts a whole segment for METHOD=AES-128: AES-128-CBC with PKCS7 padding. The IV is the segment's number in the
 * playlist, from 0, as a big-endian 128-bit integer: what players assume when there is no IV attribute (RFC 8216bis, 4.4.4.4
 * and 5.2). All renditions of a version share one key.
 */
export async function encryptSegment(
  key: Uint8Array<ArrayBuffer>,
  index: number,
  segment: BufferSource,
): Promise<ArrayBuffer> {
  const iv = new Uint8Array(BLOCK_BYTES);
  new DataView(iv.buffer).setUint32(BLOCK_BYTES - 4, index);
  const imported = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["encrypt"]);
  return crypto.subtle.encrypt({ name: "AES-CBC", iv }, imported, segment);
}
