import { waitUntil } from "cloudflare:workers";
import { catalog } from "../db/client.ts";
import { findAccessToken, touchAccessToken } from "../db/accounts/access-tokens.ts";
import type { Principal } from "../domain/principal.ts";
import { hashSecret } from "../domain/secret.ts";

const CACHE_TTL_TOKEN_MS = 60_000;
const MAX_CACHED_TOKENS = 5_000;

interface CachedPrincipal {
  principal: Principal | null;
  until: number;
}
const caches = new WeakMap<Env, Map<string, CachedPrincipal>>();

function cacheOf(env: Env): Map<string, CachedPrincipal> {
  let cache = caches.get(env);
  if (!cache) caches.set(env, (cache = new Map()));
  return cache;
}

/**
 * The account that a personal access token stands for, or null. Each isolate caches it for a minute, so a revoked token
 * can read for up to a minute longer, but cannot write. An expired token can do neither.
 */
export async function principalOfPersonalToken(
  token: string,
  env: Env,
  isWrite: boolean,
): Promise<Principal | null> {
  const hash = await hashSecret(token);
  const cache = cacheOf(env);
  const now = Date.now();
  const cached = cache.get(hash);
  if (cached && cached.until > now && !isWrite) return cached.principal;

  const found = await findAccessToken(catalog(env), hash, now);
  const principal: Principal | null = found && {
    kind: "user",
    userId: found.userId,
    role: found.role,
    scopes: new Set(found.scopes),
    via: "pat",
  };
  if (cache.size >= MAX_CACHED_TOKENS) cache.clear();
  cache.set(hash, {
    principal,
    until: Math.min(now + CACHE_TTL_TOKEN_MS, found?.expiresAt ?? Infinity),
  });
  if (found) waitUntil(touchAccessToken(catalog(env), hash, now));
  return principal;
}
