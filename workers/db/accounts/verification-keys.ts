import { gt, isNull, or } from "drizzle-orm";
import type { JSONWebKeySet } from "jose";
import { jwks } from "./auth-schema.ts";
import type { Catalog } from "../client.ts";

/** How long a rotated key is still accepted: longer than the lifetime of any token signed with it. */
const ROTATION_GRACE_MS = 86_400_000;

/** The public keys of access tokens, including rotated keys while tokens signed with them may still be valid. */
export async function verificationKeys(db: Catalog): Promise<JSONWebKeySet> {
  const rows = await db
    .select({ kid: jwks.id, alg: jwks.alg, publicKey: jwks.publicKey })
    .from(jwks)
    .where(
      or(isNull(jwks.expiresAt), gt(jwks.expiresAt, new Date(Date.now() - ROTATION_GRACE_MS))),
    );
  return {
    keys: rows.map(({ kid, alg, publicKey }) => ({
      ...JSON.parse(publicKey),
      kid,
      ...(alg ? { alg } : {}),
    })),
  };
}
