import { z } from "zod";
import { Timestamp } from "./common.ts";
import { lineOfText } from "./text.ts";

const base64url = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, "must be base64url")
  .max(2048);

const KINDS_OF_KEYS = "must be a JSON Web Key of the kind Ed25519 or RSA";
const PUBLIC_MEMBERS = {
  error: ({ code }: { code?: string }) =>
    code === "unrecognized_keys"
      ? "must have only the members of a public key: kty and crv with x, or kty and n with e"
      : KINDS_OF_KEYS,
};

/** A public key as a JWK (RFC 7517): Ed25519 (RFC 8037) or RSA of at least 2048 bits. Private members are refused. */
export const PublicJwk = z.discriminatedUnion(
  "kty",
  [
    z.strictObject(
      {
        kty: z.literal("OKP"),
        crv: z.literal("Ed25519", KINDS_OF_KEYS),
        x: base64url.length(43, "must have 43 characters in x, as Ed25519 keys have"),
      },
      PUBLIC_MEMBERS,
    ),
    z.strictObject(
      {
        kty: z.literal("RSA"),
        n: base64url.min(342, "must have at least 2048 bits"),
        e: base64url.max(8, "must have a usual exponent in e"),
      },
      PUBLIC_MEMBERS,
    ),
  ],
  KINDS_OF_KEYS,
);
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
