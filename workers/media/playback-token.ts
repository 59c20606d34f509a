import { base64url, compactVerify, decodeProtectedHeader, importJWK, SignJWT } from "jose";
import { z } from "zod";
import { PlaybackTokenRules } from "../contract/playback.ts";
import type { PublicJwk } from "../contract/signing-key.ts";
import { AppError } from "../domain/errors.ts";
import { type NamedSecret, secretList } from "./secret-list.ts";

/**
 * Claims of a playback token, ours or one that a creator's server signed (docs/playback-tokens.md). Times are
 * seconds since the epoch; ours have a fraction, so that a grant given right after a revocation counts.
 */
export const PlaybackTokenClaims = z.object({
  /** The video. */
  sub: z.string().max(64),
  /** Content version; any when a creator's server leaves it out. */
  ver: z.int().optional(),
  /** Playback session, the unit of revocation. */
  sid: z.string().max(64),
  iat: z.number(),
  nbf: z.number().optional(),
  exp: z.number(),
  /** May fetch the downloadable files as well. */
  download: z.boolean().optional(),
  /** Is for the pictures alone: in lists, for callers who may see a video but have not asked to play it. */
  images: z.boolean().optional(),
  ...PlaybackTokenRules.shape,
});
export type PlaybackTokenClaims = z.infer<typeof PlaybackTokenClaims>;

/** A key that may have signed a grant. */
export interface VerificationKey {
  algorithm: "HS256" | "EdDSA" | "RS256";
  key: CryptoKey;
  /** Whose videos its grants are for; null for our own keys, which are for all. */
  ownerId: string | null;
}

interface OwnKey {
  kid: string;
  key: CryptoKey;
}

export interface OwnKeys {
  current: OwnKey;
  byKid: ReadonlyMap<string, VerificationKey>;
  /** By the first part of the tokens that `issuePlaybackToken` makes with it. */
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
 * Our keys from `PLAYBACK_TOKEN_SECRETS`: the first of the comma-separated secrets signs, all of them verify, so that a new
 * one is put in front and the old one taken away when its last grant has expired. Imported once an isolate.
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

/** A creator's public key, ready to verify with. */
export async function importPublicKey(
  jwk: PublicJwk,
  ownerId: string,
): Promise<VerificationKey & { algorithm: "EdDSA" | "RS256" }> {
  const algorithm = jwk.kty === "OKP" ? "EdDSA" : "RS256";
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new Error("A public JWK never holds a secret.");
  return { algorithm, key, ownerId };
}

/** Longer than a grant needs to be; what is longer is refused unread. */
export const MAX_TOKEN_LENGTH = 4096;

export interface PlaybackTokenOptions {
  videoId: string;
  version: number;
  sessionId: string;
  /** Seconds from now. */
  expiresIn: number;
  download?: boolean;
  images?: boolean;
  rules?: PlaybackTokenRules;
}

/**
 * A new grant of ours: the token that goes into `/media/{token}/...`, and when it ends.
 * @throws AppError invalid_request when its rules make a token that the gate would not read
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
    throw new AppError("invalid_request", "body.rules: these are too long for a grant.");
  return { token, expiresAt: new Date(claims.exp * 1000) };
}

const invalid = (cause?: unknown): AppError =>
  new AppError(
    "invalid_playback_token",
    "Ask for a new playback token: this one is not valid here.",
    {
      cause,
    },
  );

interface Signed {
  kid: string;
  ownerId: string | null;
  payload: Uint8Array;
}

const ascii = new TextEncoder();

/**
 * Verifies a token whose header is byte for byte one of ours, so that there is nothing in it to read or to believe.
 * The same verdict as jose's in half of its time (docs/decisions/276-gate-cost.md).
 */
async function verifyOurs(token: string, headerEnd: number, { kid, key }: OwnKey): Promise<Signed> {
  const payloadEnd = token.lastIndexOf(".");
  const signature = base64url.decode(token.slice(payloadEnd + 1));
  const input = ascii.encode(token.slice(0, payloadEnd));
  if (!(await crypto.subtle.verify("HMAC", key, signature, input))) throw invalid();
  const payload = base64url.decode(token.slice(headerEnd + 1, payloadEnd));
  return { kid, ownerId: null, payload };
}

/** The key decides the algorithm, never the token, so that neither `none` nor a public key used as a secret gets anywhere. */
async function verifyWithJose(
  token: string,
  keyOf: (kid: string) => VerificationKey | undefined,
): Promise<Signed> {
  const { kid } = decodeProtectedHeader(token);
  const found = kid === undefined ? undefined : keyOf(kid);
  if (!kid || !found) throw invalid();
  const { payload } = await compactVerify(token, found.key, { algorithms: [found.algorithm] });
  return { kid, ownerId: found.ownerId, payload };
}

const utf8 = new TextDecoder();

/**
 * Verifies signature and form of a token, without regard to the time or to what is asked for.
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
    const ours = own.byHeader.get(token.slice(0, headerEnd));
    const { kid, ownerId, payload } = ours
      ? await verifyOurs(token, headerEnd, ours)
      : await verifyWithJose(token, (id) => own.byKid.get(id) ?? creatorKey(id));
    return { claims: PlaybackTokenClaims.parse(JSON.parse(utf8.decode(payload))), kid, ownerId };
  } catch (error) {
    throw invalid(error);
  }
}
