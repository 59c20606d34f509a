import { createHash } from "node:crypto";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

/** An authorization request of the site. */
interface Authorization {
  code: string;
  nonce: string;
  challenge: string;
  redirectUri: string;
}

type Sign = (claims: JWTPayload) => Promise<string>;

/**
 * An OpenID Connect provider inside the test process: discovery, keys, and a token endpoint that checks client, redirect
 * URI and PKCE.
 */
export class OidcProvider {
  readonly issuer: string;
  readonly clientId = "kinora-at-the-company";
  readonly #secret = "the secret of the client";
  readonly #keys: CryptoKeyPair;
  #authorization: Authorization | null = null;
  /** Claims about the account that signs in; a test may set wrong ones. */
  claims: JWTPayload = {};
  /** Signs the ID token; a test may replace it. */
  sign: Sign;

  private constructor(issuer: string, keys: CryptoKeyPair) {
    this.issuer = issuer;
    this.#keys = keys;
    this.sign = this.signer(keys.privateKey);
  }

  static async start(issuer: string): Promise<OidcProvider> {
    return new OidcProvider(issuer, await generateKeyPair("ES256", { extractable: true }));
  }

  signer(key: CryptoKey): Sign {
    return (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "key" }).sign(key);
  }

  /** The provider's entry in `OIDC_PROVIDERS`. */
  settings(id: string): object {
    const discoveryUrl = `${this.issuer}/.well-known/openid-configuration`;
    const { clientId } = this;
    return { id, name: "The company", discoveryUrl, clientId, clientSecret: this.#secret };
  }

  /** Accepts an authorization request on the provider's page. @returns the query of the redirect */
  authorize(address: string): string {
    const { origin, pathname, searchParams: query } = new URL(address);
    const value = (name: string): string => query.get(name) ?? "";
    if (`${origin}${pathname}` !== `${this.issuer}/authorize`) throw new Error(address);
    if (value("client_id") !== this.clientId || value("code_challenge_method") !== "S256")
      throw new Error(`The provider rejects ${address}.`);
    const code = crypto.randomUUID();
    this.#authorization = {
      code,
      nonce: value("nonce"),
      challenge: value("code_challenge"),
      redirectUri: value("redirect_uri"),
    };
    return new URLSearchParams({ code, state: value("state") }).toString();
  }

  /** Answers the site's requests to the provider. */
  async fetch(request: Request): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case "/.well-known/openid-configuration":
        return Response.json({
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/jwks`,
          id_token_signing_alg_values_supported: ["ES256"],
        });
      case "/jwks": {
        const jwk = await exportJWK(this.#keys.publicKey);
        return Response.json({ keys: [{ ...jwk, kid: "key", alg: "ES256", use: "sig" }] });
      }
      case "/token":
        return this.#token(new URLSearchParams(await request.text()), request.headers);
      default:
        return new Response(null, { status: 404 });
    }
  }

  async #token(body: URLSearchParams, headers: Headers): Promise<Response> {
    const authorization = this.#authorization;
    this.#authorization = null;
    const challenge = createHash("sha256")
      .update(body.get("code_verifier") ?? "")
      .digest("base64url");
    const basic = `Basic ${btoa(`${this.clientId}:${this.#secret}`)}`;
    const isClient =
      headers.get("authorization") === basic || body.get("client_secret") === this.#secret;
    const isValid =
      isClient &&
      body.get("code") === authorization?.code &&
      body.get("redirect_uri") === authorization?.redirectUri &&
      challenge === authorization?.challenge;
    if (!isValid || !authorization)
      return Response.json({ error: "invalid_grant" }, { status: 400 });
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      aud: this.clientId,
      iat: now,
      exp: now + 60,
      nonce: authorization.nonce,
      ...this.claims,
    };
    const id_token = await this.sign(claims);
    return Response.json({ access_token: "at", token_type: "Bearer", expires_in: 60, id_token });
  }
}
