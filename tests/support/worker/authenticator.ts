import { createHash, generateKeyPairSync, sign } from "node:crypto";

const hash = (data: string | Uint8Array): Buffer => createHash("sha256").update(data).digest();
const base64url = (data: string | Uint8Array): string => Buffer.from(data).toString("base64url");

/** Encodes strings, bytes, small integers and maps as CBOR (RFC 8949). */
function cbor(value: string | number | Uint8Array | Map<string | number, unknown>): Buffer {
  // Canonical CBOR: lengths in their shortest form.
  function head(major: number, size: number): Buffer {
    if (size < 24) return Buffer.from([(major << 5) | size]);
    if (size < 256) return Buffer.from([(major << 5) | 24, size]);
    return Buffer.from([(major << 5) | 25, size >> 8, size & 255]);
  }
  if (typeof value === "string") return Buffer.concat([head(3, value.length), Buffer.from(value)]);
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]) =>
      Buffer.concat([cbor(key), cbor(item as string)]),
    );
    return Buffer.concat([head(5, value.size), ...entries]);
  }
  return Buffer.concat([head(2, value.length), value]);
}

/** A software authenticator (WebAuthn level 2, ES256, no attestation) with one discoverable credential. */
export class Authenticator {
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  readonly #id = crypto.getRandomValues(new Uint8Array(32));
  readonly #origin: string;
  #signCount = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Authenticator data; the signature counter rises with every use. */
  #authData(flags: number, rest: Uint8Array): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(++this.#signCount);
    return Buffer.concat([
      hash(new URL(this.#origin).hostname),
      Buffer.from([flags]),
      counter,
      rest,
    ]);
  }

  #clientData(type: string, challenge: string): string {
    return JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false });
  }

  #credential(response: Record<string, string>) {
    const id = base64url(this.#id);
    return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response };
  }

  /** Answers navigator.credentials.create(). */
  create(challenge: string) {
    const { x = "", y = "" } = this.#keys.publicKey.export({ format: "jwk" });
    const decode = (value: string): Uint8Array => Buffer.from(value, "base64url");
    // COSE_Key: EC2, ES256, P-256
    const key = cbor(
      new Map<number, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, decode(x)],
        [-3, decode(y)],
      ]),
    );
    const attested = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([0, this.#id.length]),
      this.#id,
      key,
    ]);
    const attestation = new Map<string, unknown>([
      ["fmt", "none"],
      ["attStmt", new Map()],
      ["authData", this.#authData(0x45, attested)],
    ]);
    return this.#credential({
      clientDataJSON: base64url(this.#clientData("webauthn.create", challenge)),
      attestationObject: base64url(cbor(attestation)),
    });
  }

  /** Answers navigator.credentials.get(). */
  get(challenge: string) {
    const clientData = this.#clientData("webauthn.get", challenge);
    const authData = this.#authData(0x05, new Uint8Array());
    const signature = sign(
      "sha256",
      Buffer.concat([authData, hash(clientData)]),
      this.#keys.privateKey,
    );
    return this.#credential({
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(authData),
      signature: base64url(signature),
    });
  }
}
