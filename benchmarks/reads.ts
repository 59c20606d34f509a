/**
 * `npm run bench:reads`: what pages cost the databases. The product's Worker runs in workerd behind a counting D1 whose
 * round trips take 5, 50 and 150 ms longer. Each page makes the site's requests one after another, warm: the isolate
 * has verified tokens before. The cached entrypoint has no cache locally, so every page is one that nobody has
 * requested within half a minute. Segments are small, since they cost the databases nothing.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Playback } from "../workers/contract/playback.ts";
import type { PartUrls, UploadCreated } from "../workers/contract/uploads.ts";
import type { Watch } from "../workers/contract/watch.ts";
import { newId } from "../workers/domain/id.ts";
import {
  control,
  drain,
  type Headers,
  json,
  request,
  signUp,
  startCountedWorker,
} from "./reads-host.ts";
import type { ReadCost } from "./reads-worker.ts";

const LATENCIES_MS = [5, 50, 150];
/** The latency at which calls are counted: long enough for simultaneous calls to overlap. */
const COUNTED_AT_MS = 50;
const VIDEOS = 24;
const SEGMENTS_PER_MINUTE = 15;
const SEARCH_POLL_MS = 250;

const FILES = [
  "p1/multivariant.m3u8",
  "p1/video.m3u8",
  "p1/audio.m3u8",
  "h264-480/0.1/init.mp4",
  "audio/0.1/init.mp4",
  ...Array.from({ length: SEGMENTS_PER_MINUTE }, (_, index) =>
    String(index).padStart(5, "0"),
  ).flatMap((name) => [`h264-480/0.1/${name}.m4s`, `audio/0.1/${name}.m4s`]),
];

/** Public videos of a creator that are ready; the first can be played. @returns its id */
async function publish(ownerId: string): Promise<string> {
  const now = Date.now();
  const ids = Array.from({ length: VIDEOS }, newId);
  const sql = `INSERT INTO videos
    (id, owner_id, title, state, visibility, publication, duration, published_at, created_at, updated_at, category)
    VALUES (?, ?, ?, 'ready', 'public', 1, 600, ?, ?, ?, ?)`;
  const categories = ["travel", "music", "news", "sports"];
  await control(
    "sql",
    ids.flatMap((id, index) => [
      {
        sql,
        values: [id, ownerId, `Heron number ${index}`, now, now, now, categories[index % 4]],
      },
      {
        sql: `INSERT INTO outbox (queue, body, created_at) VALUES ('events', ?, ?)`,
        values: [JSON.stringify({ kind: "index-video", videoId: id }), now],
      },
    ]),
  );
  const id = ids[0]!;
  await control(
    "put",
    FILES.map((file) => ({ key: `${id}/1/${file}`, body: "x".repeat(512) })),
  );
  await control("relay");
  for (;;) {
    const { items } = await json<{ items: unknown[] }>(request("GET", "/v1/search?q=heron", {}));
    if (items.length > 0) return id;
    await new Promise((resolve) => setTimeout(resolve, SEARCH_POLL_MS));
  }
}

interface Page {
  name: string;
  /** Prepares the page, uncounted. @returns its requests, one after another */
  open: () => Promise<() => Promise<void>>;
}

const watch = (id: string, headers: Headers): Promise<Watch> =>
  json<Watch>(request("POST", `/v1/videos/${id}/watch`, headers));

/** A player's requests in the first minute after its page has the token. */
async function playMinute(id: string, headers: Headers, { token }: Playback): Promise<void> {
  for (const file of FILES) await drain(request("GET", `/media/${token}/${id}/1/${file}`, {}));
  await drain(request("POST", "/v1/beacons", headers, { token, watched: 5 }));
  if (headers["authorization"])
    await drain(request("PUT", `/v1/videos/${id}/progress`, headers, { position: 60 }));
  // Every five minutes at most, and only if streams are limited.
  await drain(request("POST", `/v1/videos/${id}/playback`, headers, { renew: token }));
}

async function upload(headers: Headers): Promise<void> {
  const bytes = new Uint8Array(1000).fill(7);
  const created = await json<UploadCreated>(
    request("POST", "/v1/uploads", headers, {
      filename: "heron.mp4",
      size: bytes.length,
      contentType: "video/mp4",
    }),
  );
  const { parts } = await json<PartUrls>(
    request("POST", `/v1/uploads/${created.id}/parts`, headers, { partNumbers: [1] }),
  );
  const part = parts[0]!;
  const stored = await fetch(part.url, { method: "PUT", headers: part.headers, body: bytes });
  if (!stored.ok) throw new Error(`The storage answered ${stored.status}.`);
  // Like the upload page, which does not record the last part.
  const uploaded = [{ partNumber: 1, etag: stored.headers.get("etag") }];
  const path = `/v1/uploads/${created.id}/complete`;
  await drain(request("POST", path, headers, { parts: uploaded }));
}

function pagesOf(id: string, account: Awaited<ReturnType<typeof signUp>>): Page[] {
  const pages = (who: string, headers: Headers): Page[] => [
    { name: `home, ${who}`, open: async () => () => drain(request("GET", "/v1/feed", headers)) },
    {
      name: `search, ${who}`,
      open: async () => () => drain(request("GET", "/v1/search?q=heron", headers)),
    },
    { name: `watch start, ${who}`, open: async () => async () => void (await watch(id, headers)) },
    {
      name: `a minute of playing, ${who}`,
      open: async () => {
        const { playback } = await watch(id, headers);
        return () => playMinute(id, headers, playback!);
      },
    },
  ];
  return [
    ...pages("anonymous", {}),
    ...pages("signed in", account.headers),
    {
      name: "access token of a tab",
      open: async () => () => drain(request("GET", "/api/auth/token", { cookie: account.cookie })),
    },
    // Last, since the queues go on with it.
    { name: "an upload, signed in", open: async () => () => upload(account.headers) },
  ];
}

type Row = ReadCost & Record<`${number} ms`, number>;

/** Opens a page once per latency. */
async function measure({ open }: Page): Promise<Row> {
  const times: Record<`${number} ms`, number> = {};
  let cost: ReadCost | null = null;
  await (
    await open()
  )();
  for (const latency of LATENCIES_MS) {
    await control("latency", 0);
    const run = await open();
    await control("cost");
    await control("latency", latency);
    const before = performance.now();
    await run();
    times[`${latency} ms`] = Math.round(performance.now() - before);
    const counted = await control<ReadCost>("cost");
    if (latency === COUNTED_AT_MS) cost = counted;
  }
  await control("latency", 0);
  return { ...cost!, ...times };
}

const state = await mkdtemp(join(tmpdir(), "kinora-bench-reads-"));
const worker = await startCountedWorker(state);
try {
  const account = await signUp();
  const id = await publish(account.id);
  const rows: Record<string, Row> = {};
  for (const page of pagesOf(id, account)) {
    console.log(page.name);
    rows[page.name] = await measure(page);
  }
  console.log("Columns in ms: the page's requests, with as long a way to the databases.\n");
  console.table(rows);
  const of = (name: string): Row => rows[name]!;
  const aims = {
    "watch start: at most one round trip before its token":
      of("watch start, anonymous").hops <= 1 && of("watch start, signed in").hops <= 1,
    "a minute of playing writes nothing":
      of("a minute of playing, anonymous").rowsWritten === 0 &&
      of("a minute of playing, signed in").rowsWritten === 0,
  };
  for (const [aim, isMet] of Object.entries(aims))
    console.log(`${isMet ? "met     " : "NOT met "} ${aim}`);
  const met = Object.values(aims).every(Boolean);
  console.log(JSON.stringify({ name: "reads", figures: rows, aims, met }));
  if (!met) process.exitCode = 1;
} finally {
  await worker.stop();
  await rm(state, { recursive: true, force: true });
}
