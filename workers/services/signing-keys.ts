import type { SigningKey, SigningKeyCreate } from "../contract/signing-keys.ts";
import { catalog } from "../db/client.ts";
import {
  findSigningKey,
  insertSigningKey,
  listSigningKeys,
  revokeSigningKey,
  type SigningKeyRow,
} from "../db/signing-keys.ts";
import { importPublicKey } from "../media/playback-token.ts";
import { authorizeResource } from "../domain/access.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { LIMITS } from "../domain/limits.ts";
import { type Principal, signedIn } from "../domain/principal.ts";

type KeyEnv = Pick<Env, "CATALOG">;

export function presentSigningKey({
  kid,
  name,
  algorithm,
  createdAt,
  revokedAt,
}: SigningKeyRow): SigningKey {
  return {
    kid,
    name,
    algorithm,
    createdAt: new Date(createdAt).toISOString(),
    revokedAt: revokedAt === null ? null : new Date(revokedAt).toISOString(),
  };
}

/** The caller's keys, newest first. */
export async function ownSigningKeys(env: KeyEnv, principal: Principal): Promise<SigningKey[]> {
  return (await listSigningKeys(catalog(env), signedIn(principal).userId)).map(presentSigningKey);
}

/**
 * Registers a public key. Playback tokens signed with its private key are valid for the caller's videos.
 * @throws AppError invalid_request, too_many_keys
 */
export async function createSigningKey(
  env: KeyEnv,
  principal: Principal,
  { name, jwk }: SigningKeyCreate,
): Promise<SigningKey> {
  const { userId: ownerId } = signedIn(principal);
  const { algorithm } = await importPublicKey(jwk, ownerId).catch((cause: unknown) => {
    throw new AppError("invalid_request", "body.jwk: this public key cannot be used.", { cause });
  });
  const key = await insertSigningKey(catalog(env), { kid: newId(), ownerId, name, algorithm, jwk });
  if (!key)
    throw new AppError(
      "too_many_keys",
      `An account can have ${LIMITS.signingKeysPerAccount} keys, and keys revoked within the last day count too. Revoke a key you no longer use, or wait a day.`,
    );
  return presentSigningKey(key);
}

/**
 * Revokes a key of the caller and every playback token signed with it, everywhere within a minute.
 * @throws AppError not_found
 */
export async function endSigningKey(env: KeyEnv, principal: Principal, kid: string): Promise<void> {
  const db = catalog(env);
  const key = await findSigningKey(db, kid);
  authorizeResource(
    principal,
    "signing-keys.revoke",
    key && { ...key, visible: false },
    "signing key",
  );
  await revokeSigningKey(db, kid);
}
