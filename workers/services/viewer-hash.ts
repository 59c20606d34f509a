import { normalizeIP } from "@better-auth/core/utils/ip";
import type { Principal } from "../domain/principal.ts";
import { hashSecret } from "../domain/secret.ts";

/**
 * A keyed hash that tells several viewers from one without naming them: of the account, or without one of the IP address, for
 * IPv6 of its first 64 bits, since one household has all the addresses that begin with them.
 */
export async function viewerHash(
  env: Pick<Env, "BETTER_AUTH_SECRET">,
  principal: Principal,
  address: string,
): Promise<string> {
  return hashOf(
    env,
    principal.kind === "user" ? `user:${principal.userId}` : `address:${normalizeIP(address)}`,
  );
}

/** The hash of an account's own views. */
export function accountHash(env: Pick<Env, "BETTER_AUTH_SECRET">, userId: string): Promise<string> {
  return hashOf(env, `user:${userId}`);
}

async function hashOf(env: Pick<Env, "BETTER_AUTH_SECRET">, viewer: string): Promise<string> {
  return (await hashSecret(`search ${env.BETTER_AUTH_SECRET} ${viewer}`)).slice(0, 16);
}
