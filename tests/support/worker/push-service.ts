import { base64url, importJWK, jwtVerify } from "jose";
import { vi } from "vitest";
import { PushUpdate } from "../../../workers/contract/push.ts";

/** A browser's side of RFC 8291: its address at the push service, and its keys. */
export interface PushBrowser {
  endpoint: string;
  privateKey: CryptoKey;
  /** The keys as in `PushSubscription`, in base64url. */
  keys: { p256dh: string; auth: string };
}

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
const UNCOMPRESSED = 4;
/** RFC 8188, section 2.1: salt, record size, length of the key id. */
const HEADER_BYTES = { salt: 16, recordSize: 4, keyLength: 1 };
/** Ends the text of the last record; zeros follow as padding. */
const LAST_RECORD = 2;

let browsers = 0;

export async function newBrowser(): Promise<PushBrowser> {
  const pair = (await crypto.subtle.generateKey(CURVE, true, ["deriveBits"])) as CryptoKeyPair;
  const point = (await crypto.subtle.exportKey("raw", pair.publicKey)) as ArrayBuffer;
  return {
    endpoint: `https://fcm.googleapis.com/fcm/send/${++browsers}-${crypto.randomUUID()}`,
    privateKey: pair.privateKey,
    keys: {
      p256dh: base64url.encode(new Uint8Array(point)),
      auth: base64url.encode(crypto.getRandomValues(new Uint8Array(16))),
    },
  };
}

/** The private key of a browser from its number. @param p256dh its public key */
export function importBrowserKey(d: string, p256dh: string): Promise<CryptoKey> {
  const point = base64url.decode(p256dh);
  const [x, y] = [point.slice(1, 33), point.slice(33)].map((half) => base64url.encode(half));
  const jwk = { kty: "EC", crv: "P-256", x: x!, y: y!, d };
  return crypto.subtle.importKey("jwk", jwk, CURVE, false, ["deriveBits"]);
}

async function derive(
  secret: BufferSource,
  salt: BufferSource,
  info: BufferSource,
  bytes: number,
): Promise<ArrayBuffer> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, bytes * 8);
}

const ascii = (text: string) => new TextEncoder().encode(text);

/** Decrypts a message as a browser does (RFC 8291, section 3.4, and RFC 8188). */
export async function decryptPush(
  body: Uint8Array<ArrayBuffer>,
  { privateKey, keys }: Pick<PushBrowser, "privateKey" | "keys">,
): Promise<string> {
  const salt = body.slice(0, HEADER_BYTES.salt);
  const keyStart = HEADER_BYTES.salt + HEADER_BYTES.recordSize + HEADER_BYTES.keyLength;
  const textStart = keyStart + (body[keyStart - 1] ?? 0);
  const sender = body.slice(keyStart, textStart);
  if (sender[0] !== UNCOMPRESSED) throw new Error("The message has no key.");
  const publicKey = await crypto.subtle.importKey("raw", sender, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits(
    { name: "ECDH", public: publicKey } as unknown as SubtleCryptoDeriveKeyAlgorithm,
    privateKey,
    256,
  );
  const receiver = base64url.decode(keys.p256dh);
  const info = new Uint8Array([...ascii("WebPush: info\0"), ...receiver, ...sender]);
  const secret = await derive(shared, new Uint8Array(base64url.decode(keys.auth)), info, 32);
  const contentKey = await derive(secret, salt, ascii("Content-Encoding: aes128gcm\0"), 16);
  const iv = await derive(secret, salt, ascii("Content-Encoding: nonce\0"), 12);
  const key = await crypto.subtle.importKey("raw", contentKey, "AES-GCM", false, ["decrypt"]);
  const record = new Uint8Array(
    await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, body.slice(textStart)),
  );
  return new TextDecoder().decode(record.slice(0, record.lastIndexOf(LAST_RECORD)));
}

export interface DeliveredPush {
  endpoint: string;
  message: unknown;
  headers: Headers;
}

/** A push service: it replaces `fetch`, checks who sends, and decrypts for the browsers that it knows. */
export class PushService {
  readonly delivered: DeliveredPush[] = [];
  /** Responses other than 201, by browser. */
  readonly answers = new Map<string, () => Promise<Response>>();
  readonly #browsers = new Map<string, PushBrowser>();
  readonly #publicKey: string;

  /** @param publicKey key with which every message must be signed */
  constructor(publicKey: string) {
    this.#publicKey = publicKey;
    vi.spyOn(globalThis, "fetch").mockImplementation((input, init) =>
      this.#serve(new Request(input, init)),
    );
  }

  /** A new browser, as its page describes it to the API. */
  async subscribe(): Promise<PushUpdate> {
    const browser = await newBrowser();
    this.#browsers.set(browser.endpoint, browser);
    const { endpoint, keys } = browser;
    return PushUpdate.parse({ endpoint, keys });
  }

  async #serve(request: Request): Promise<Response> {
    const browser = this.#browsers.get(request.url);
    if (!browser) return new Response(null, { status: 404 });
    await this.#authenticate(request);
    const answer = this.answers.get(request.url);
    if (answer) return answer();
    const body = new Uint8Array(await request.arrayBuffer());
    this.delivered.push({
      endpoint: request.url,
      message: JSON.parse(await decryptPush(body, browser)),
      headers: request.headers,
    });
    return new Response(null, { status: 201 });
  }

  /** RFC 8292: a token for this push service, signed with the key that the browser subscribed with. */
  async #authenticate({ url, headers }: Request): Promise<void> {
    const [, token = "", key] =
      /^vapid t=(.+), k=(.+)$/.exec(headers.get("authorization") ?? "") ?? [];
    if (key !== this.#publicKey) throw new Error("The message has the key of another site.");
    const point = base64url.decode(key);
    const [x, y] = [point.slice(1, 33), point.slice(33)].map((half) => base64url.encode(half));
    const publicKey = await importJWK({ kty: "EC", crv: "P-256", x: x!, y: y! }, "ES256");
    await jwtVerify(token, publicKey, { audience: new URL(url).origin, maxTokenAge: "24h" });
  }
}
