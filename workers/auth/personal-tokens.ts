import { waitUntil } from "cloudflare:workers";
import { catalog } from "../db/client.ts";
import { findAccessToken, touchAccessToken } from "../db/accounts/access-tokens.ts";
import type { Principal } from "../domain/principal.ts";
import { hashSecret } from "../domain/secret.ts";

const CACHE_MS = 60_000;
const CACHE_ENTRIES = 5_000;

interface Entry {
  principal: Principal | null;
  until: number;
}
const caches = new WeakMap<Env, Map<string, Entry>>();

function cacheOf(env: Env): Map<string, Entry> {
  let cache = caches.get(env);
  if (!cache) caches.set(env, (cache = new Map()));
  return cache;
}

/**
 * Who a personal access token stands for, or null. The answer is kept for a minute in the isolate, so a
 * revoked token may live that much longer; an expiry is never overstepped.
 */
export async function principalOfPersonalToken(token: string, env: Env): Promise<Principal | null> {
  const hash = await hashSecret(token);
  const cache = cacheOf(env);
  const now = Date.now();
  const cached = cache.get(hash);
  if (cached && cached.until > now) return cached.principal;

  const found = await findAccessToken(catalog(env), hash, now);
  const principal: Principal | null = found && {
    kind: "user",
    userId: found.userId,
    role: found.role,
    scopes: new Set(found.scopes),
    via: "pat",
  };
  if (cache.size >= CACHE_ENTRIES) cache.clear();
  cache.set(hash, { principal, until: Math.min(now + CACHE_MS, found?.expiresAt ?? Infinity) });
  if (found) waitUntil(touchAccessToken(catalog(env), hash, now));
  return principal;
}
