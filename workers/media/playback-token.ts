import { base64url, compactVerify, decodeProtectedHeader, importJWK, SignJWT } from "jose";
import { z } from "zod";
import { PlaybackTokenRules } from "../contract/playback.ts";
import type { PublicJwk } from "../contract/signing-keys.ts";
import { AppError } from "../domain/errors.ts";
import { type NamedSecret, secretList } from "./secret-list.ts";

/**
 * Claims of a playback token, ours or one that a creator's server signed (docs/playback-tokens.md). Times are seconds since
 * the epoch. Ours have a fraction, so that a token issued within the second after a revocation is valid. Other claims are
 * refused: a misspelt rule would otherwise allow everyone.
 */
export const PlaybackTokenClaims = z.strictObject({
  /** The video. */
  sub: z.string().max(64),
  /** Version of the video; any version when a creator's server leaves it out. */
  ver: z.int().optional(),
  /** Playback session, the unit of revocation. */
  sid: z.string().max(64),
  iat: z.number(),
  nbf: z.number().optional(),
  exp: z.number(),
  /** The account that it was issued to, as `accountTags` names it; only in tokens of ours. */
  acc: z.string().max(64).optional(),
  /** Also allows the downloads. */
  download: z.boolean().optional(),
  /** Allows images only: for lists of videos that the caller may see but has not started to play. */
  images: z.boolean().optional(),
  ...PlaybackTokenRules.shape,
});
export type PlaybackTokenClaims = z.infer<typeof PlaybackTokenClaims>;

/** A key that verifies playback tokens. */
export interface VerificationKey {
  algorithm: "HS256" | "EdDSA" | "RS256";
  key: CryptoKey;
  /** The creator whose videos its tokens are for; null for our own keys, which are for all videos. */
  ownerId: string | null;
}

interface OwnKey {
  kid: string;
  key: CryptoKey;
}

export interface OwnKeys {
  current: OwnKey;
  byKid: ReadonlyMap<string, VerificationKey>;
  /** By the header of the tokens that `issuePlaybackToken` makes, as base64url. */
  byHeader: ReadonlyMap<string, OwnKey>;
}

async function importSecret({ kid, bytes }: NamedSecret): Promise<OwnKey> {
  const key = await crypto.subtle.importKey(
    "raw",
    bytes,
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign", "verify"],
  );
  return { kid, key };
}

const headerOf = (kid: string) => ({ alg: "HS256", kid });

let imported: { from: string; keys: OwnKeys } | undefined;

/**
 * Our keys from `PLAYBACK_TOKEN_SECRETS` (see secret-list.ts): the first signs, all of them verify. Each isolate imports
 * them once.
 */
export async function ownKeys(env: Pick<Env, "PLAYBACK_TOKEN_SECRETS">): Promise<OwnKeys> {
  if (imported?.from === env.PLAYBACK_TOKEN_SECRETS) return imported.keys;
  const secrets = await secretList(env.PLAYBACK_TOKEN_SECRETS, "PLAYBACK_TOKEN_SECRETS");
  const all = await Promise.all(secrets.map(importSecret));
  const byKid = new Map(
    all.map(({ kid, key }) => [kid, { algorithm: "HS256", key, ownerId: null }] as const),
  );
  const byHeader = new Map(
    all.map((own) => [base64url.encode(JSON.stringify(headerOf(own.kid))), own] as const),
  );
  const keys = { current: all[0]!, byKid, byHeader };
  imported = { from: env.PLAYBACK_TOKEN_SECRETS, keys };
  return keys;
}

/** Points of Ed25519 whose order divides eight: any message has a signature that is valid for them. RFC 8032, 5.1. */
const SMALL_ORDER_POINTS = new Set(
  [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    // The same points where y is written unreduced, as p, p + 1.
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  ].map((hex) => hex.toLowerCase()),
);
const MIN_RSA_BITS = 2048;
/** Every new token of such a key costs the gate one verification, whose time grows with the size. */
const MAX_RSA_BITS = 8192;

/** Without the sign of x, which is the highest bit. */
function isSmallOrder(point: Uint8Array): boolean {
  const y = Uint8Array.from(point);
  y[31] = (y[31] ?? 0) & 0x7f;
  return SMALL_ORDER_POINTS.has(hexOf(y));
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function isOddNumber(bytes: Uint8Array): boolean {
  return ((bytes.at(-1) ?? 0) & 1) === 1;
}

/** @throws Error for a key with which signatures prove nothing, or that the platform cannot verify with */
async function assertUsable(jwk: PublicJwk, { key, algorithm }: VerificationKey): Promise<void> {
  if (jwk.kty === "OKP") {
    const point = base64url.decode(jwk.x);
    if (point.length !== 32 || isSmallOrder(point)) throw new Error("a point of small order");
  } else {
    const modulus = base64url.decode(jwk.n);
    const exponent = base64url.decode(jwk.e);
    const bits = BigInt(`0x${hexOf(modulus)}`).toString(2).length;
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) throw new Error(`a modulus of ${bits} bits`);
    if (!isOddNumber(modulus)) throw new Error("an even modulus");
    if (!isOddNumber(exponent) || BigInt(`0x${hexOf(exponent)}`) < 3n)
      throw new Error("an exponent that is even or 1");
  }
  // Some platforms check the numbers of a key only when it is used.
  const name = algorithm === "EdDSA" ? "Ed25519" : "RSASSA-PKCS1-v1_5";
  await crypto.subtle.verify(
    name,
    key,
    new Uint8Array(algorithm === "EdDSA" ? 64 : 256),
    ascii.encode("x"),
  );
}

/**
 * Imports a creator's public key.
 * @throws Error for a key that cannot be used
 */
export async function importPublicKey(
  jwk: PublicJwk,
  ownerId: string,
): Promise<VerificationKey & { algorithm: "EdDSA" | "RS256" }> {
  const algorithm = jwk.kty === "OKP" ? "EdDSA" : "RS256";
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new Error("A public JWK never holds a secret.");
  const imported = { algorithm, key, ownerId } as const;
  await assertUsable(jwk, imported);
  return imported;
}

const ACCOUNT_TAG_LENGTH = 16;

/** The signed part of a token has no colon, so this is never the signature of a token. */
async function accountTag(key: CryptoKey, accountId: string): Promise<string> {
  const name = new TextEncoder().encode(`account:${accountId}`);
  const digest = await crypto.subtle.sign("HMAC", key, name);
  return base64url.encode(new Uint8Array(digest)).slice(0, ACCOUNT_TAG_LENGTH);
}

/** How tokens of ours name an account without revealing it: under each of our secrets. */
export async function accountTags(
  env: Pick<Env, "PLAYBACK_TOKEN_SECRETS">,
  accountId: string,
): Promise<string[]> {
  const { byKid } = await ownKeys(env);
  return Promise.all([...byKid.values()].map(({ key }) => accountTag(key, accountId)));
}

/** Longer than any token needs to be. A longer one is refused without being parsed. */
export const MAX_TOKEN_LENGTH = 4096;

export interface PlaybackTokenOptions {
  videoId: string;
  version: number;
  sessionId: string;
  /** Seconds. */
  expiresIn: number;
  /** The account that it is for, if it is for one: the token ends with the account. */
  accountId?: string | undefined;
  download?: boolean;
  images?: boolean;
  rules?: PlaybackTokenRules;
  /** A revocation after this time ends the token, in milliseconds since the epoch; now by default. */
  issuedAt?: number;
}

/**
 * Issues a playback token of ours, which goes into `/media/{token}/...`.
 * @throws AppError invalid_request when its rules make the token longer than the gate accepts
 */
export async function issuePlaybackToken(
  env: Pick<Env, "PLAYBACK_TOKEN_SECRETS">,
  options: PlaybackTokenOptions,
): Promise<{ token: string; expiresAt: Date }> {
  const { current } = await ownKeys(env);
  const now = Date.now() / 1000;
  const claims: PlaybackTokenClaims = {
    sub: options.videoId,
    ver: options.version,
    sid: options.sessionId,
    iat: (options.issuedAt ?? Date.now()) / 1000,
    exp: Math.floor(now) + options.expiresIn,
    ...(options.accountId === undefined
      ? {}
      : { acc: await accountTag(current.key, options.accountId) }),
    ...(options.download ? { download: true } : {}),
    ...(options.images ? { images: true } : {}),
    ...options.rules,
  };
  const token = await new SignJWT(claims)
    .setProtectedHeader(headerOf(current.kid))
    .sign(current.key);
  if (token.length > MAX_TOKEN_LENGTH)
    throw new AppError("invalid_request", "body.rules: too long for a playback token.");
  return { token, expiresAt: new Date(claims.exp * 1000) };
}

function invalidToken(cause?: unknown): AppError {
  return new AppError(
    "invalid_playback_token",
    "This playback token is not valid. Request a new one.",
    { cause },
  );
}

interface VerifiedPayload {
  kid: string;
  ownerId: string | null;
  payload: Uint8Array;
}

const ascii = new TextEncoder();

/**
 * Verifies a token whose header is byte for byte one of ours, so that nothing in the header needs to be parsed or trusted.
 * The result is the same as jose's in half the time (docs/decisions/276-gate-cost.md).
 */
async function verifyOwn(
  token: string,
  headerEnd: number,
  { kid, key }: OwnKey,
): Promise<VerifiedPayload> {
  const payloadEnd = token.lastIndexOf(".");
  const signature = base64url.decode(token.slice(payloadEnd + 1));
  const input = ascii.encode(token.slice(0, payloadEnd));
  if (!(await crypto.subtle.verify("HMAC", key, signature, input))) throw invalidToken();
  const payload = base64url.decode(token.slice(headerEnd + 1, payloadEnd));
  return { kid, ownerId: null, payload };
}

/** The key, never the token, determines the algorithm. This defeats `none` and public keys used as HMAC secrets. */
async function verifyWithJose(
  token: string,
  keyOf: (kid: string) => VerificationKey | undefined,
): Promise<VerifiedPayload> {
  const { kid } = decodeProtectedHeader(token);
  const key = kid === undefined ? undefined : keyOf(kid);
  if (!kid || !key) throw invalidToken();
  const { payload } = await compactVerify(token, key.key, { algorithms: [key.algorithm] });
  return { kid, ownerId: key.ownerId, payload };
}

const utf8 = new TextDecoder();

/**
 * Verifies the signature and the form of a token. The caller checks its times and what it allows.
 * @param creatorKey looks up a key that is not ours
 * @throws AppError invalid_playback_token
 */
export async function verifySignature(
  token: string,
  own: OwnKeys,
  creatorKey: (kid: string) => VerificationKey | undefined = () => undefined,
): Promise<{ claims: PlaybackTokenClaims; kid: string; ownerId: string | null }> {
  try {
    const headerEnd = token.indexOf(".");
    const ownKey = own.byHeader.get(token.slice(0, headerEnd));
    const { kid, ownerId, payload } = ownKey
      ? await verifyOwn(token, headerEnd, ownKey)
      : await verifyWithJose(token, (id) => own.byKid.get(id) ?? creatorKey(id));
    return { claims: PlaybackTokenClaims.parse(JSON.parse(utf8.decode(payload))), kid, ownerId };
  } catch (error) {
    throw invalidToken(error);
  }
}
