import { z } from "zod";
import { Timestamp } from "./common.ts";
import { lineOfText } from "./text.ts";

const base64url = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, "not base64url")
  .max(2048);

/** A public key as a JWK (RFC 7517): Ed25519 (RFC 8037) or RSA of at least 2048 bits. Private members are refused. */
export const PublicJwk = z.discriminatedUnion("kty", [
  z.strictObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: base64url.length(43) }),
  z.strictObject({ kty: z.literal("RSA"), n: base64url.min(342), e: base64url.max(8) }),
]);
export type PublicJwk = z.infer<typeof PublicJwk>;

export const SigningKeyCreate = z.strictObject({
  name: lineOfText(100),
  jwk: PublicJwk,
});
export type SigningKeyCreate = z.infer<typeof SigningKeyCreate>;

export const SigningKey = z.object({
  /** Goes into the `kid` header of every playback token signed with this key. */
  kid: z.string(),
  name: z.string(),
  algorithm: z.enum(["EdDSA", "RS256"]),
  createdAt: Timestamp,
  revokedAt: Timestamp.nullable(),
});
export type SigningKey = z.infer<typeof SigningKey>;

export const SigningKeyList = z.object({ items: z.array(SigningKey) });
