import { normalizeIP } from "@better-auth/core/utils/ip";
import type { Principal } from "../domain/principal.ts";
import { hashAccount, hashViewer } from "../domain/viewer-hash.ts";

/**
 * A keyed hash that distinguishes viewers without identifying them: of the account or, without one, of the IP address;
 * for IPv6 of its first 64 bits, because one household has all addresses with that prefix.
 */
export async function viewerHash(
  env: Pick<Env, "BETTER_AUTH_SECRET">,
  principal: Principal,
  address: string,
): Promise<string> {
  return principal.kind === "user"
    ? hashAccount(env.BETTER_AUTH_SECRET, principal.userId)
    : hashViewer(env.BETTER_AUTH_SECRET, `address:${normalizeIP(address)}`);
}
