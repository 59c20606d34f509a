import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Playback } from "../../workers/contract/playback.ts";
import { SearchResult } from "../../workers/contract/search.ts";
import { newSecret } from "../../workers/domain/secret.ts";
import { ApiClient } from "../api-client.ts";
import { generateSource } from "../product/sample-video.ts";
import { untilReady } from "../product/published-video.ts";
import { uploadFile } from "../upload-file.ts";
import { oneTimeLink, type Statement } from "./one-time-link.ts";

const SOURCE = { seconds: 2, width: 320, height: 180 };
const LINK_LIFETIME_MS = 600_000;
const POLL_MS = 500;
/** A new hostname waits for its certificate. */
const TIMEOUT_ANSWER_MS = 900_000;
/** A container takes some seconds to start, and a queue some to deliver. */
const TIMEOUT_READY_MS = 600_000;
const TIMEOUT_SEARCH_MS = 180_000;
/** The test has its own account, which is deleted at the end. No mail goes to this domain (RFC 2606). */
const EMAIL = "smoke-test@kinora.invalid";

export interface SmokeTarget {
  /** The public origin. */
  origin: string;
  /** Runs a statement in CATALOG: the test's account is created there, whatever the value of SIGNUP. */
  run(statement: Statement): Promise<unknown>;
  /** Headers of every request to the origin, such as one that selects a version of the Worker. */
  headers?: Record<string, string>;
  print(line: string): void;
}

/** Repeats `look` until it finds something. @throws Error that says what did not happen in time */
async function until<T>(
  what: string,
  timeoutMs: number,
  look: () => Promise<T | null>,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > end) throw new Error(`${what} did not happen in ${timeoutMs / 1000} s.`);
    await wait(POLL_MS);
  }
}

/** Cleans up in any case. An earlier error is reported rather than a failed cleanup. */
async function andThen(use: () => Promise<void>, cleanUp: () => Promise<unknown>): Promise<void> {
  let failure: { error: unknown } | null = null;
  try {
    await use();
  } catch (error) {
    failure = { error };
  }
  await cleanUp().catch((error: unknown) => (failure ??= { error }));
  if (failure) throw failure.error;
}

/** The first URI of a playlist, which is its first line that is not a tag. */
function firstUri(playlist: string, base: URL): URL {
  const uri = playlist.split("\n").find((line) => line !== "" && !line.startsWith("#"));
  if (uri === undefined) throw new Error("A playlist has no URI.");
  return new URL(uri, base);
}

/** The cache status of a response: `HIT`, or null if no cache reported one. */
const cacheStatus = (response: Response): string | null => response.headers.get("cf-cache-status");

/** Fetches a segment twice, through playlists like a player. @returns the cache status of the second response */
async function play(target: SmokeTarget, api: ApiClient, id: string): Promise<string | null> {
  async function get(url: URL): Promise<Response> {
    const response = await fetch(url, { headers: target.headers ?? {} });
    // The path contains the playback token, so it is not printed.
    if (!response.ok) throw new Error(`Media answered ${response.status}.`);
    return response;
  }
  const playback = Playback.parse(await api.call("POST", `/v1/videos/${id}/playback`, {}));
  const multivariant = new URL(playback.hls, target.origin);
  const media = firstUri(await (await get(multivariant)).text(), multivariant);
  const segment = firstUri(await (await get(media)).text(), media);
  const first = await (await get(segment)).arrayBuffer();
  const again = await get(segment);
  const second = await again.arrayBuffer();
  if (first.byteLength === 0 || !Buffer.from(first).equals(Buffer.from(second)))
    throw new Error("A segment was empty, or had other bytes the second time.");
  return cacheStatus(again);
}

async function isAnswering({ origin, headers = {} }: SmokeTarget): Promise<true | null> {
  const answer = await fetch(`${origin}/healthz`, { headers }).catch(() => null);
  await answer?.body?.cancel();
  return answer?.ok ? true : null;
}

async function isFound(api: ApiClient, title: string, id: string): Promise<true | null> {
  const query = new URLSearchParams({ q: title });
  const result = SearchResult.parse(await api.call("GET", `/v1/search?${query}`));
  return result.items.some(({ video }) => video.id === id) ? true : null;
}

/** Uploads, plays, finds and deletes one video. */
async function tryOut(target: SmokeTarget, api: ApiClient, folder: string): Promise<void> {
  const title = `Smoke test ${newSecret().slice(0, 12)}`;
  const source = join(folder, "smoke-test.mp4");
  await generateSource(source, SOURCE);
  // Search shows only public videos. This one is deleted within a minute.
  const id = await uploadFile(api, source, { title, visibility: "public" }, () => {});
  target.print("uploaded a video of two seconds");
  await andThen(
    async () => {
      const late = AbortSignal.timeout(TIMEOUT_READY_MS);
      await untilReady(api, id, late);
      target.print("it is ready");
      const cached = await play(target, api, id);
      const said = cached === null ? "no cache said anything" : `cache: ${cached}`;
      target.print(`played a segment twice; ${said}`);
      const found = () => isFound(api, title, id);
      await until("A search that finds the video", TIMEOUT_SEARCH_MS, found);
      target.print("found it by search");
    },
    async () => {
      await api.call("DELETE", `/v1/videos/${id}`);
      await api.call("DELETE", `/v1/bin/${id}`);
    },
  );
  target.print("deleted it");
}

/**
 * Tests a running instance as a creator would, and leaves nothing behind: an account with a one-time link, sign-in, a
 * short video that is uploaded, transcoded, played, found and deleted.
 * @throws Error that names what did not work
 */
export async function smokeTest(target: SmokeTarget): Promise<void> {
  await until(`An answer of ${target.origin}`, TIMEOUT_ANSWER_MS, () => isAnswering(target));
  const folder = await mkdtemp(join(tmpdir(), "kinora-smoke-"));
  const password = newSecret();
  const account = { email: EMAIL, name: "Smoke test", role: "creator" as const };
  const { token, statements } = await oneTimeLink(account, LINK_LIFETIME_MS);
  for (const statement of statements) await target.run(statement);
  const api = new ApiClient(target.origin, { retryMs: 60_000 }, target.headers);
  await andThen(
    async () => {
      await api.choosePassword(token, password);
      await api.signIn({ ...account, password });
      target.print("signed in");
      await andThen(
        () => tryOut(target, api, folder),
        () => api.deleteAccount(password),
      );
    },
    () => rm(folder, { recursive: true, force: true }),
  );
}
