import { Media as ProductMedia } from "../workers/index.ts";
import { admit, type MediaRequest } from "../workers/media/admission.ts";
import { passOn, serveRead } from "../workers/media/deliver.ts";
import { storedHeaders } from "../workers/media/stored-media.ts";
import { fetchStored, problemOf } from "../workers/media/gate.ts";
import {
  PlaybackTokenClaims,
  issuePlaybackToken,
  ownKeys,
  type VerificationKey,
  verifySignature,
} from "../workers/media/playback-token.ts";
import { mediaCatalog } from "../workers/services/media-catalog.ts";
import { servedKey } from "../workers/media/storage-keys.ts";
import { parseMediaPath } from "../workers/media/media-path.ts";
import { generateKeyPair, jwtVerify, SignJWT } from "jose";

export * from "../workers/index.ts";
export { default } from "../workers/index.ts";

/** 4 s at 1 Mb/s: a segment of a middle rendition. */
const SEGMENT = new Uint8Array(512 * 1024).fill(7);
/** The video whose segments are served from memory; all others come from R2. */
const IN_MEMORY = "InMemory00000000000000";

/** Gated and ungated responses have the same headers. */
const headersFor = (size: number, etag: string): Record<string, string> =>
  storedHeaders("max-age=31536000, immutable", { size, etag, contentType: "video/iso.segment" });

const fromMemory = (): Response =>
  new Response(SEGMENT, { headers: headersFor(SEGMENT.byteLength, '"memory"') });

/** The product's entrypoint, which serves one video from memory. */
export class Media extends ProductMedia {
  override async fetch(request: Request): Promise<Response> {
    return request.url.includes(IN_MEMORY) ? fromMemory() : super.fetch(request);
  }
}

/** The product without the gate: the same path to the bytes, without a token. */
export const ungated = {
  fetch: (request, _env, ctx) => {
    const { pathname } = new URL(request.url);
    return serveRead(request, async () => {
      const path = parseMediaPath(pathname.slice("/media/".length));
      if (!path) throw problemOf(404);
      return passOn(request, await fetchStored(path, ctx));
    });
  },
} satisfies ExportedHandler<Env>;

/** The same bytes without gate and cached entrypoint: the least that a Worker can do. */
export const bare = {
  async fetch(request, env) {
    const path = parseMediaPath(new URL(request.url).pathname.slice("/media/".length));
    if (!path) return new Response(null, { status: 404 });
    if (path.videoId === IN_MEMORY) return fromMemory();
    const object = await env.MEDIA.get(servedKey(path.videoId, path.version, path.path));
    if (!object) return new Response(null, { status: 404 });
    return new Response(object.body, { headers: headersFor(object.size, object.httpEtag) });
  },
} satisfies ExportedHandler<Env>;

/** Prepares `count` verifications of one kind; the preparation is not measured. */
const verifications: Record<
  string,
  (count: number, env: Env, ctx: ExecutionContext) => Promise<() => Promise<unknown>>
> = {
  async nothing() {
    return async () => {};
  },
  async "HS256 cold"(count, env, ctx) {
    const tokens = await ownTokens(env, count);
    return () => admitAll(tokens, env, ctx);
  },
  async "HS256 cached"(count, env, ctx) {
    const tokens = await ownTokens(env, 1);
    return () =>
      admitAll(
        Array.from({ length: count }, () => tokens[0]!),
        env,
        ctx,
      );
  },
  async "HS256 by jose alone"(count, env) {
    const tokens = await ownTokens(env, count);
    const { current } = await ownKeys(env);
    return async () => {
      for (const token of tokens) {
        const { payload } = await jwtVerify(token, current.key, { algorithms: ["HS256"] });
        PlaybackTokenClaims.parse(payload);
      }
    };
  },
  "EdDSA cold": (count, env) => creatorVerifications("EdDSA", count, env),
  "RS256 cold": (count, env) => creatorVerifications("RS256", count, env),
};

async function ownTokens(env: Env, count: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let index = 0; index < count; index++) {
    const session = { sessionId: `session-${index}`, expiresIn: 3600 };
    tokens.push(
      (await issuePlaybackToken(env, { videoId: IN_MEMORY, version: 1, ...session })).token,
    );
  }
  return tokens;
}

async function admitAll(tokens: string[], env: Env, ctx: ExecutionContext): Promise<void> {
  const request = new Request("https://kinora.example/media") as unknown as MediaRequest;
  const delivery = { env, ctx, catalog: mediaCatalog(env) };
  for (const token of tokens) await admit(request, token, delivery);
}

async function creatorVerifications(
  algorithm: "EdDSA" | "RS256",
  count: number,
  env: Env,
): Promise<() => Promise<void>> {
  const own = await ownKeys(env);
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const key: VerificationKey = { algorithm, key: publicKey, ownerId: "creator" };
  const now = Math.floor(Date.now() / 1000);
  const tokens: string[] = [];
  for (let index = 0; index < count; index++) {
    const claims = { sub: IN_MEMORY, sid: `session-${index}`, iat: now, exp: now + 3600 };
    tokens.push(
      await new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid: "k" }).sign(privateKey),
    );
  }
  return async () => {
    for (const token of tokens) await verifySignature(token, own, () => key);
  };
}

let prepared: (() => Promise<unknown>) | undefined;

/** `/prepare?kind=&count=` issues tokens, `/verify` verifies them. */
export const verifier = {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/prepare") {
      const kind = verifications[searchParams.get("kind")!]!;
      prepared = await kind(Number(searchParams.get("count")), env, ctx);
    } else {
      await prepared!();
    }
    return new Response();
  },
} satisfies ExportedHandler<Env>;
