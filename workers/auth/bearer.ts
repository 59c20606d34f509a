import type { MiddlewareHandler } from "hono";
import { createLocalJWKSet, errors, jwtVerify } from "jose";
import { z } from "zod";
import type { AppEnv } from "../context.ts";
import { type AppScope, Role } from "../contract/accounts.ts";
import { APP_SCOPES } from "../contract/scopes.ts";
import { catalog } from "../db/client.ts";
import { verificationKeys } from "../db/accounts/verification-keys.ts";
import { AppError } from "../domain/errors.ts";
import { ANONYMOUS, type Principal } from "../domain/principal.ts";
import { isPersonalToken } from "../domain/secret.ts";
import { principalOfPersonalToken } from "./personal-tokens.ts";
import { TOKEN_ALGORITHM } from "./token-algorithm.ts";

const Claims = z.object({
  sub: z.string().min(1),
  role: Role,
  scope: z.string(),
  /** Set where the subject is a client on its own: the account that it acts as. */
  owner: z.string().min(1).optional(),
  /** Set in tokens of the OAuth server (RFC 9068), not in those of a session. */
  client_id: z.string().optional(),
});

/** RFC 9068 section 2.1, as the OAuth server writes it. */
const APP_TOKEN_TYPE = "at+jwt";
/** Seconds that clocks may differ. */
const CLOCK_TOLERANCE = 5;
/** Keys are read again after an hour, and for an unknown `kid`, but not more often than every five seconds. */
const KEYS_MAX_AGE_MS = 3_600_000;
const KEYS_COOLDOWN_MS = 5_000;

type KeySet = ReturnType<typeof createLocalJWKSet>;
const keySets = new WeakMap<Env, { keys: KeySet; readAt: number }>();

/** From the database itself: the API needs nothing of the auth server, and waits for none of it. */
async function keySetOf(env: Env, maxAge: number): Promise<KeySet> {
  const cached = keySets.get(env);
  if (cached && Date.now() - cached.readAt < maxAge) return cached.keys;
  const published = await verificationKeys(catalog(env));
  const keys = createLocalJWKSet(published);
  // A new deployment has no key yet, and its first one counts at once.
  if (published.keys.length > 0) keySets.set(env, { keys, readAt: Date.now() });
  return keys;
}

async function verify(token: string, env: Env, keys: KeySet): Promise<z.infer<typeof Claims>> {
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: env.PUBLIC_ORIGIN,
    audience: env.PUBLIC_ORIGIN,
    // Pinned: neither `none` nor a key of another kind can be chosen by the token.
    algorithms: [TOKEN_ALGORITHM],
    requiredClaims: ["exp", "iat"],
    clockTolerance: CLOCK_TOLERANCE,
  });
  const claims = Claims.parse(payload);
  // RFC 9068 section 4: what an app shows must say that it is an access token.
  if (claims.client_id !== undefined && protectedHeader.typ !== APP_TOKEN_TYPE)
    throw new errors.JWTClaimValidationFailed("not an access token", payload, "typ");
  return claims;
}

async function principalOfJwt(token: string, env: Env): Promise<Principal> {
  const claims = await verify(token, env, await keySetOf(env, KEYS_MAX_AGE_MS)).catch(
    async (error: unknown) => {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // Signed with a key that this isolate has not seen yet.
      return verify(token, env, await keySetOf(env, KEYS_COOLDOWN_MS));
    },
  );
  const granted = new Set(claims.scope.split(" "));
  return {
    kind: "user",
    userId: claims.owner ?? claims.sub,
    role: claims.role,
    scopes: new Set<AppScope>(APP_SCOPES.filter((scope) => granted.has(scope))),
    via: claims.client_id === undefined ? "session" : "app",
  };
}

function invalidToken(env: Env, detail: string, cause?: unknown): AppError {
  const metadata = `${env.PUBLIC_ORIGIN}/.well-known/oauth-protected-resource`;
  return new AppError("invalid_token", detail, {
    cause,
    // RFC 6750 section 3, RFC 9728 section 5.1
    headers: {
      "www-authenticate": `Bearer error="invalid_token", error_description="${detail}", resource_metadata="${metadata}"`,
    },
  });
}

/**
 * Who calls, by `Authorization: Bearer` alone (never a cookie).
 * @param header the Authorization header's value, if any
 * @throws AppError `invalid_token` when a token is there and is not good: a caller is never anonymous by mistake
 */
async function principalOf(header: string | undefined, env: Env): Promise<Principal> {
  if (header === undefined) return ANONYMOUS;
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1];
  if (!token) throw invalidToken(env, "The Authorization header is not of the form: Bearer token.");
  if (isPersonalToken(token)) {
    const principal = await principalOfPersonalToken(token, env);
    if (!principal)
      throw invalidToken(env, "The personal access token is unknown, revoked or expired.");
    return principal;
  }
  return principalOfJwt(token, env).catch((error: unknown) => {
    if (error instanceof errors.JWTExpired)
      throw invalidToken(env, "The access token has expired.", error);
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) {
      throw invalidToken(env, "The access token is not one of ours, or was altered.", error);
    }
    throw error;
  });
}

/** Sets `principal` for every route behind it. */
export const authenticate: MiddlewareHandler<AppEnv> = async (c, next) => {
  c.set("principal", await principalOf(c.req.header("authorization"), c.env));
  await next();
};
