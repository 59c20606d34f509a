import { generateKeyPairSync } from "node:crypto";

/**
 * A new pair of keys on P-256 that names a site to push services (RFC 8292): the point of the public key and the number of
 * the private one, both in base64url, with a dot between them.
 */
export function newVapidKeys(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "", d = "" } = privateKey.export({ format: "jwk" });
  const uncompressed = [Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")];
  return `${Buffer.concat(uncompressed).toString("base64url")}.${d}`;
}
