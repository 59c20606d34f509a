import type { RunnerId } from "../contract/runners.ts";
import { catalog } from "../db/client.ts";
import { remoteRunnerId, runnerTokenOfHash } from "../db/runner-tokens.ts";
import { hashSecret, RUNNER_TOKEN_PREFIX } from "../domain/secret.ts";

/** A revoked token works for at most this much longer, less than a lease. */
const CACHE_TTL_TOKEN_MS = 15_000;
const MAX_CACHED_TOKENS = 1_000;

interface CachedRunner {
  runner: RunnerId | null;
  until: number;
}
const caches = new WeakMap<Env["CATALOG"], Map<string, CachedRunner>>();

/**
 * The runner of a token; null if the token is unknown or revoked. Each isolate caches it for 15 seconds, so that it can
 * be looked up for every call of a runner.
 */
export async function runnerOfToken(
  env: Pick<Env, "CATALOG">,
  token: string,
): Promise<RunnerId | null> {
  if (!token.startsWith(RUNNER_TOKEN_PREFIX)) return null;
  let cache = caches.get(env.CATALOG);
  if (!cache) caches.set(env.CATALOG, (cache = new Map()));
  const hash = await hashSecret(token);
  const now = Date.now();
  const cached = cache.get(hash);
  if (cached && cached.until > now) return cached.runner;
  const id = await runnerTokenOfHash(catalog(env), hash);
  const runner = id === null ? null : remoteRunnerId(id);
  if (cache.size >= MAX_CACHED_TOKENS) cache.clear();
  cache.set(hash, { runner, until: now + CACHE_TTL_TOKEN_MS });
  return runner;
}
