import type { MiddlewareHandler } from "hono";
import { createLocalJWKSet, errors, jwtVerify } from "jose";
import { z } from "zod";
import type { AppEnv } from "../context.ts";
import { type AppScope, Role } from "../contract/accounts.ts";
import { MATURITY_LIMITS } from "../contract/maturity-ratings.ts";
import { APP_SCOPES, IDENTITY_SCOPES } from "../contract/scopes.ts";
import {
  type CredentialSource,
  type Standing,
  standingOfCredential,
} from "../db/accounts/credentials.ts";
import { catalog } from "../db/client.ts";
import { verificationKeys } from "../db/accounts/verification-keys.ts";
import { AppError } from "../domain/errors.ts";
import { ANONYMOUS, type Principal, scopesOf } from "../domain/principal.ts";
import { isPersonalToken } from "../domain/secret.ts";
import { ACCESS_TOKEN_ALGORITHM } from "./settings.ts";
import { principalOfPersonalToken } from "./personal-tokens.ts";

const Claims = z.object({
  sub: z.string().min(1),
  role: Role,
  scope: z.string(),
  /** The account that a client acts as, where the subject is the client itself. */
  owner: z.string().min(1).optional(),
  /** Only in tokens of the OAuth server (RFC 9068), not in those of a session. */
  client_id: z.string().optional(),
  /** The session, in tokens of a session. */
  sid: z.string().min(1).optional(),
  iat: z.number(),
});
type Claims = z.infer<typeof Claims>;

const READ_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
/** RFC 9068, section 2.1. */
const APP_TOKEN_TYPE = "at+jwt";
const MAX_CLOCK_SKEW_SECONDS = 5;
/** Keys are read again after an hour, and for an unknown `kid`, but at most every five seconds. */
const CACHE_TTL_KEYS_MS = 3_600_000;
const MIN_KEYS_INTERVAL_MS = 5_000;

type KeySet = ReturnType<typeof createLocalJWKSet>;
const keySets = new WeakMap<Env, { keys: KeySet; readAt: number }>();

/** Reads the keys from the database, so that the API does not depend on the auth server being set up. */
async function keySetOf(env: Env, maxAgeMs: number): Promise<KeySet> {
  const cached = keySets.get(env);
  if (cached && Date.now() - cached.readAt < maxAgeMs) return cached.keys;
  const published = await verificationKeys(catalog(env));
  const keys = createLocalJWKSet(published);
  // A new deployment has no key yet. That is not cached, so that its first key is used at once.
  if (published.keys.length > 0) keySets.set(env, { keys, readAt: Date.now() });
  return keys;
}

async function verify(token: string, env: Env, keys: KeySet): Promise<Claims> {
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: env.PUBLIC_ORIGIN,
    audience: env.PUBLIC_ORIGIN,
    // Fixed, so that a token can choose neither `none` nor another kind of key.
    algorithms: [ACCESS_TOKEN_ALGORITHM],
    requiredClaims: ["exp", "iat"],
    clockTolerance: MAX_CLOCK_SKEW_SECONDS,
  });
  const claims = Claims.parse(payload);
  // RFC 9068, section 4: the token of an app must be marked as an access token.
  if (claims.client_id !== undefined && protectedHeader.typ !== APP_TOKEN_TYPE)
    throw new errors.JWTClaimValidationFailed("not an access token", payload, "typ");
  return claims;
}

function sourceOf({ sub, owner, client_id, sid, iat }: Claims): CredentialSource | null {
  if (client_id !== undefined)
    return owner === undefined
      ? { kind: "consent", userId: sub, clientId: client_id, issuedAt: iat * 1000 }
      : { kind: "own-app", userId: owner, clientId: client_id };
  return sid === undefined ? null : { kind: "session", userId: sub, sessionId: sid };
}

/** How long reads may still use a JWT whose session or grant has ended. A write always looks it up. */
const CACHE_TTL_STANDING_MS = 30_000;
const MAX_CACHED_STANDINGS = 5_000;
const standings = new WeakMap<Env, Map<string, { standing: Standing | null; until: number }>>();

async function currentStanding(
  token: string,
  source: CredentialSource,
  env: Env,
  isWrite: boolean,
): Promise<Standing | null> {
  let cache = standings.get(env);
  if (!cache) standings.set(env, (cache = new Map()));
  const now = Date.now();
  const cached = cache.get(token);
  if (cached && cached.until > now && !isWrite) return cached.standing;
  const standing = await standingOfCredential(catalog(env), source, now);
  if (cache.size >= MAX_CACHED_STANDINGS) cache.clear();
  cache.set(token, { standing, until: now + CACHE_TTL_STANDING_MS });
  return standing;
}

async function principalOfJwt(
  token: string,
  env: Env,
  isWrite: boolean,
  beside?: () => void,
): Promise<Principal> {
  const claims = await verify(token, env, await keySetOf(env, CACHE_TTL_KEYS_MS)).catch(
    async (error: unknown) => {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // It may be signed with a key that this isolate has not read yet.
      return verify(token, env, await keySetOf(env, MIN_KEYS_INTERVAL_MS));
    },
  );
  beside?.();
  const source = sourceOf(claims);
  const standing = source && (await currentStanding(token, source, env, isWrite));
  if (!standing)
    throw invalidToken(
      env,
      "The session or the grant behind this access token has ended, or its account is suspended.",
    );
  const maturityLimit = standing.session?.maturityLimit ?? null;
  // A profile with a limit does not act as the account's holder: it can only watch.
  const role = maturityLimit === null ? standing.role : "viewer";
  const granted = new Set(claims.scope.split(" "));
  const allowed = new Set<AppScope>([...IDENTITY_SCOPES, ...scopesOf(role)]);
  return {
    kind: "user",
    userId: claims.owner ?? claims.sub,
    role,
    scopes: new Set<AppScope>(
      APP_SCOPES.filter((scope) => granted.has(scope) && allowed.has(scope)),
    ),
    via: claims.client_id === undefined ? "session" : "app",
    ...(standing.session && { session: standing.session }),
    ...(maturityLimit && { maturityLimit }),
  };
}

function invalidToken(env: Env, detail: string, cause?: unknown): AppError {
  const metadata = `${env.PUBLIC_ORIGIN}/.well-known/oauth-protected-resource`;
  return new AppError("invalid_token", detail, {
    cause,
    // RFC 6750, section 3; RFC 9728, section 5.1.
    headers: {
      "www-authenticate": `Bearer error="invalid_token", error_description="${detail}", resource_metadata="${metadata}"`,
    },
  });
}

/** The response to a write that was authorised before its account was deleted and reached the database afterwards. */
export const accountDeleted = (env: Env): AppError =>
  invalidToken(env, "The account behind this access token has been deleted.");

/** What visitors without an account may see is the deployment's choice. */
const AnonymousLimit = z.union([z.literal("").transform(() => null), z.enum(MATURITY_LIMITS)]);

export function anonymousOf(env: Pick<Env, "ANONYMOUS_MATURITY_LIMIT">): Principal {
  const maturityLimit = AnonymousLimit.parse(env.ANONYMOUS_MATURITY_LIMIT);
  return maturityLimit === null ? ANONYMOUS : { ...ANONYMOUS, maturityLimit };
}

/**
 * Determines the caller from the Authorization header alone, never from a cookie.
 * @throws AppError invalid_token when a token is present but not valid, so that no caller is anonymous by mistake
 */
async function principalOf(
  header: string | undefined,
  env: Env,
  isWrite: boolean,
  beside?: () => void,
): Promise<Principal> {
  if (header === undefined) return anonymousOf(env);
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1];
  if (!token) throw invalidToken(env, "The Authorization header must have the form: Bearer token.");
  if (isPersonalToken(token)) {
    const principal = await principalOfPersonalToken(token, env, isWrite);
    if (!principal)
      throw invalidToken(
        env,
        "The personal access token is unknown, revoked or expired, or its account is suspended.",
      );
    return principal;
  }
  return principalOfJwt(token, env, isWrite, beside).catch((error: unknown) => {
    if (error instanceof errors.JWTExpired)
      throw invalidToken(env, "The access token has expired.", error);
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) {
      throw invalidToken(env, "The access token was not issued here, or was altered.", error);
    }
    throw error;
  });
}

/** Sets `principal` for the routes behind it. */
export const authenticate: MiddlewareHandler<AppEnv> = async (c, next) => {
  const isWrite = !READ_METHODS.has(c.req.method);
  const header = c.req.header("authorization");
  c.set("principal", await principalOf(header, c.env, isWrite, c.var.beside));
  await next();
};
