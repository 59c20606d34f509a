import { base64url, compactVerify, decodeProtectedHeader, importJWK, SignJWT } from "jose";
import { z } from "zod";
import { PlaybackTokenRules } from "../contract/playback.ts";
import type { PublicJwk } from "../contract/signing-keys.ts";
import { AppError } from "../domain/errors.ts";
import { type NamedSecret, secretList } from "./secret-list.ts";

/**
 * Claims of a playback token, ours or one that a creator's server signed (docs/playback-tokens.md). Times are seconds since
 * the epoch. Ours have a fraction, so that a token issued within the second after a revocation is valid.
 */
export const PlaybackTokenClaims = z.object({
  /** The video. */
  sub: z.string().max(64),
  /** Version of the video; any version when a creator's server leaves it out. */
  ver: z.int().optional(),
  /** Playback session, the unit of revocation. */
  sid: z.string().max(64),
  iat: z.number(),
  nbf: z.number().optional(),
  exp: z.number(),
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

/** Imports a creator's public key. */
export async function importPublicKey(
  jwk: PublicJwk,
  ownerId: string,
): Promise<VerificationKey & { algorithm: "EdDSA" | "RS256" }> {
  const algorithm = jwk.kty === "OKP" ? "EdDSA" : "RS256";
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new Error("A public JWK never holds a secret.");
  return { algorithm, key, ownerId };
}

/** Longer than any token needs to be. A longer one is refused without being parsed. */
export const MAX_TOKEN_LENGTH = 4096;

export interface PlaybackTokenOptions {
  videoId: string;
  version: number;
  sessionId: string;
  /** Seconds. */
  expiresIn: number;
  download?: boolean;
  images?: boolean;
  rules?: PlaybackTokenRules;
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
    iat: now,
    exp: Math.floor(now) + options.expiresIn,
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
