import { gt, isNull, or } from "drizzle-orm";
import type { JSONWebKeySet } from "jose";
import { jwks } from "./auth-schema.ts";
import type { Catalog } from "../client.ts";

/** Longer than any token that a key has signed before it was rotated, in milliseconds. */
const GRACE = 86_400_000;

/** The public halves of the keys that access tokens are signed with, rotated ones while their tokens may live. */
export async function verificationKeys(db: Catalog): Promise<JSONWebKeySet> {
  const rows = await db
    .select({ kid: jwks.id, alg: jwks.alg, publicKey: jwks.publicKey })
    .from(jwks)
    .where(or(isNull(jwks.expiresAt), gt(jwks.expiresAt, new Date(Date.now() - GRACE))));
  return {
    keys: rows.map(({ kid, alg, publicKey }) => ({
      ...JSON.parse(publicKey),
      kid,
      ...(alg ? { alg } : {}),
    })),
  };
}
