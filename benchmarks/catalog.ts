/**
 * `npm run bench:catalog [-- --videos 1000000]`: whether anything grows with the catalogue or the backlog. Catalogues of
 * growing size are built: some videos go through the product's own code, from the upload to the archive, and the rest are
 * copies of their rows. On each, the product runs in workerd as it is deployed, with a D1 binding that notes every
 * statement of requests, claims and the cron with the rows that it read and SQLite's plan. Bytes per finished video are what
 * the database file grows by, indexes included.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { readCommandLine, readNumber } from "../scripts/command-line.ts";
import { VIDEO_SORTS } from "../workers/contract/video-sorts.ts";
import { CRONS } from "../workers/domain/crons.ts";
import { CATALOG, openLocalDatabase } from "../scripts/dev/local-databases.ts";
import { Copies } from "./catalog-copies.ts";
import { audienceBytes } from "./audience-rows.ts";
import { bytesOf, bytesPerRow } from "./catalog-rows.ts";
import { archiveVideo, finishedVideo, newRows, openSeed, plannedVideo } from "./catalog-seed.ts";
import { flaggedSteps, type Observed, Observations, tableOf } from "./catalog-statements.ts";
import type { Cost } from "./catalog-worker.ts";
import { createDatabases, startProduct } from "../scripts/product/product-host.ts";
import { printReport } from "./report.ts";

const USAGE = "Usage: npm run bench:catalog -- [--videos 100000]";
const { values } = readCommandLine(USAGE, {
  options: { videos: { type: "string", default: "100000" } },
});
const MAX_VIDEOS = readNumber({ name: "--videos", value: values.videos, min: 1 }, USAGE);
const PORT = Number(process.env["BENCH_PORT"] ?? 8760);
const FIRST_CREATOR = "FirstCreator0000000000";
/** Number of chunks of a two-hour video. */
const CHUNKS_PER_LONG = 450;
/** Number of chunks of a video of a few minutes. */
const CHUNKS_PER_SHORT = 8;
/** One of ten videos is being transcoded, with ten tasks each. */
const ACTIVE_SHARE = 0.1;
const MAX_BYTES_PER_VIDEO = 2048;
const MAX_ROWS_PER_CLAIM = 50;
const MAX_STATEMENTS = 300;
/**
 * How many more rows a statement may read in a catalogue ten times as large: twice as many and a page that was not full
 * before, or some for each row of a batch or page, whose size its callers limit.
 */
const GROWTH = { factor: 2, rows: 60, perItem: 3 };
/**
 * The export of an account reads each of its videos, because they are the answer, whatever else the catalogue contains.
 */
const EXPORT_PATH = "/v1/me/export?";
const EXPORT = "export of the account";

function openCatalog(state: string): DatabaseSync {
  const sqlite = openLocalDatabase(state, CATALOG);
  if (!sqlite) throw new Error("The catalogue has no file.");
  sqlite.exec("PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -200000");
  return sqlite;
}

/** The part of the OpenAPI document that this needs. */
const OpenApi = z.object({
  paths: z.record(
    z.string(),
    z.object({
      get: z
        .object({
          parameters: z
            .array(z.object({ in: z.string(), name: z.string(), required: z.boolean().optional() }))
            .optional(),
        })
        .optional(),
    }),
  ),
});

/** Starts the product behind counting databases (catalog-worker.ts). */
async function startCounted(state: string) {
  const { url, stop } = await startProduct({
    state,
    port: PORT,
    entrypoint: join(import.meta.dirname, "catalog-worker.ts"),
    vars: { QUOTA_BYTES: "1e18" },
  });
  return {
    call: async (path: string, body: unknown = {}): Promise<Cost> => {
      const response = await fetch(new URL(path, url), {
        method: "POST",
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Cost;
    },
    document: async () => OpenApi.parse(await (await fetch(new URL("/openapi.json", url))).json()),
    stop,
  };
}

/** Requests of every kind that reads or changes the catalogue, by name. @param id a listed video of the creator */
function requests(id: string, binned: string) {
  const userId = FIRST_CREATOR;
  const sorts = ["newest", "oldest", "popular", "title"];
  const lists = ["", "&category=film", `&creator=${userId}`].flatMap((filter) =>
    sorts.map((sort) => ({ path: `/v1/videos?sort=${sort}${filter}` })),
  );
  const own = VIDEO_SORTS.flatMap((sort) =>
    ["", "&visibility=public", "&q=river"].map((filter) => ({
      path: `/v1/videos?creator=me&sort=${sort}${filter}`,
      userId,
    })),
  );
  const json = (method: string, path: string, body?: unknown) => ({ method, path, body, userId });
  const edits = [
    { kind: "change", visibility: "private", downloadsEnabled: true },
    { kind: "tags", add: ["regatta"] },
    { kind: "delete" },
    { kind: "restore" },
    { kind: "change", visibility: "public" },
  ];
  return {
    home: [{ path: "/v1/feed" }, { path: "/v1/feed", userId }],
    lists,
    "own lists": own,
    watch: [
      { path: `/v1/videos/${id}` },
      { path: `/v1/videos/${id}/related` },
      json("POST", `/v1/videos/${id}/playback`, {}),
      json("POST", `/v1/videos/${id}/watch`, {}),
      { path: `/oembed?url=${encodeURIComponent(`http://localhost:8788/watch/${id}`)}` },
    ],
    search: [{ path: "/v1/search?q=river" }, { path: "/v1/suggest?q=riv" }],
    sitemap: [{ path: "/sitemap.xml" }],
    "upload by HTTP": [
      json("POST", "/v1/uploads", { filename: "a.mp4", size: 9_000_000, contentType: "video/mp4" }),
    ],
    studio: [
      { path: `/v1/videos/${id}/jobs`, userId },
      json("PATCH", `/v1/videos/${id}`, { title: "Another title" }),
      json("PUT", `/v1/videos/${id}/poster`, { at: 3 }),
      json("DELETE", `/v1/videos/${binned}`),
      { path: "/v1/bin", userId },
      json("POST", `/v1/videos/${binned}/restore`),
      ...edits.map((edit) => json("POST", "/v1/videos/bulk", { ids: [id, binned], edit })),
      { path: `/v1/duplicates?fingerprint=${"a".repeat(64)}&size=5`, userId },
      { path: `/v1/videos/${id}/duplicates`, userId },
      { path: "/v1/history", userId },
    ],
  };
}

/** A creator reads their own videos, and an admin everything. */
const READERS = [
  { role: "creator", userId: FIRST_CREATOR },
  { role: "admin", userId: "Admin00000000000000000" },
] as const;
/** What a read needs in addition to its path. */
const QUERIES: Record<string, string> = { q: "river", url: "http://localhost:8788/watch/x" };

/** The path of every read of the API, from the document that it publishes. @param id of a video */
async function readPaths(product: Product, id: string): Promise<string[]> {
  const { paths } = await product.document();
  return Object.entries(paths).flatMap(([path, { get }]) => {
    if (!get) return [];
    const query = (get.parameters ?? [])
      .filter(({ in: place, required }) => place === "query" && required)
      .map(({ name }) => `${name}=${encodeURIComponent(QUERIES[name] ?? "1")}`)
      .join("&");
    return `${path.replaceAll(/\{\w+\}/g, id)}?${query}`;
  });
}

type Product = Awaited<ReturnType<typeof startCounted>>;

async function observe(product: Product, sqlite: DatabaseSync): Promise<Observations> {
  const found = new Observations();
  const [id, binned] = sqlite
    .prepare(
      "SELECT id FROM videos WHERE owner_id = ? AND visibility = 'public' AND state = 'ready' LIMIT 2",
    )
    .all(FIRST_CREATOR)
    .map((row) => String(row["id"]));
  if (!id || !binned) throw new Error("The first creator has no videos.");
  for (let round = 0; round < 5; round++) found.add("claim", await product.call("/claim"));
  for (let round = 0; round < 3; round++) found.add("task", await product.call("/work"));
  const now = Date.now();
  found.add("upload", await product.call("/upload", newRows(FIRST_CREATOR, 10, now).upload));
  for (const [name, calls] of Object.entries(requests(id, binned)))
    for (const call of calls) {
      const cost = await product.call("/api", [call]);
      if (cost.statuses.some((status) => status >= 400))
        console.log(`${call.path}: ${cost.statuses.join()}`);
      found.add(name, cost);
    }
  for (const path of await readPaths(product, id))
    for (const as of READERS) {
      const name = path.startsWith(EXPORT_PATH) ? EXPORT : `read as ${as.role}`;
      found.add(name, await product.call("/api", [{ path, ...as }]));
    }
  for (const purpose of Object.keys(CRONS))
    found.add(`cron: ${purpose}`, await product.call("/cron", { purpose }));
  return found;
}

async function main(): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), "kinora-catalog-"));
  const figures: Record<string, number> = {};
  const results: Observed[][] = [];
  let claimRows = 0;
  let bytes = 0;
  let maxStatements = 0;
  const flagged: string[] = [];
  try {
    await createDatabases(state);
    let sqlite = openCatalog(state);
    const seed = openSeed(sqlite);
    const old = Date.now() - 5 * 86_400_000;
    const templates = [
      await finishedVideo(seed, FIRST_CREATOR, CHUNKS_PER_LONG, old),
      await finishedVideo(seed, FIRST_CREATOR, CHUNKS_PER_SHORT, old + 1),
    ];
    for (const template of templates) await archiveVideo(seed, template, old + 3_600_000);
    sqlite.exec("DELETE FROM outbox");
    const waiting = await plannedVideo(seed, FIRST_CREATOR, 8, old + 2);
    const copies = new Copies(FIRST_CREATOR);
    sqlite.close();
    let built = 0;
    for (let size = Math.min(1000, MAX_VIDEOS); size <= MAX_VIDEOS; size *= 10) {
      const start = Date.now();
      sqlite = openCatalog(state);
      const before = bytesOf(sqlite);
      for (const template of templates) copies.finished(sqlite, template, (size - built) / 2);
      bytes = (bytesOf(sqlite) - before) / (size - built);
      copies.active(sqlite, waiting, Math.round((size - built) * ACTIVE_SHARE));
      built = size;
      sqlite.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      const builtAt = Date.now();
      const product = await startCounted(state);
      const found = await observe(product, sqlite);
      await product.stop();
      claimRows = Math.max(...found.rowsPerCall("claim"));
      maxStatements = Math.max(maxStatements, found.maxStatements());
      results.push(found.all());
      figures[`rows per claim at ${size} videos`] = claimRows;
      figures[`bytes per finished video at ${size}`] = bytes;
      console.log(
        `\n${size} videos, ${size * ACTIVE_SHARE} transcodes waiting: built in ${(builtAt - start) / 1000} s, ran in ${(Date.now() - builtAt) / 1000} s`,
      );
      if (size * 10 > MAX_VIDEOS) {
        flagged.push(...printPlans(sqlite, found.all()));
        Object.assign(figures, await bytesPerRow(openSeed(sqlite)), await audienceBytes());
      }
      sqlite.close();
    }
  } finally {
    await rm(state, { recursive: true, force: true });
  }
  const grown = grownBetween(results.at(-2) ?? [], results.at(-1) ?? []);
  for (const line of grown) console.log(`GROWS ${line}`);
  figures["statements, distinct"] = results.at(-1)?.length ?? 0;
  figures["statements that grow"] = grown.length;
  figures["statements without an index"] = flagged.length;
  figures["most statements of an invocation"] = maxStatements;
  printReport("catalog", figures, {
    "no statement reads more rows in a catalogue ten times as large": grown.length === 0,
    "no statement scans a table that grows": flagged.length === 0,
    [`a finished video takes at most ${MAX_BYTES_PER_VIDEO} bytes`]: bytes <= MAX_BYTES_PER_VIDEO,
    [`a claim reads at most ${MAX_ROWS_PER_CLAIM} rows`]: claimRows <= MAX_ROWS_PER_CLAIM,
    [`no invocation runs more than ${MAX_STATEMENTS} statements`]: maxStatements <= MAX_STATEMENTS,
  });
}

/** Prints every statement with the most rows that it read. @returns those whose plan scans a table that grows */
function printPlans(sqlite: DatabaseSync, all: readonly Observed[]): string[] {
  const flagged: string[] = [];
  console.log("\n    rows     ms   runs  statement");
  for (const one of all.toSorted((left, right) => right.rowsRead - left.rowsRead)) {
    const steps = flaggedSteps(sqlite, one.sql);
    if (steps.length > 0) flagged.push(`${tableOf(one.sql)}: ${steps.join("; ")}`);
    console.log(
      `${String(one.rowsRead).padStart(8)} ${one.ms.toFixed(1).padStart(6)} ${String(one.runs).padStart(6)}  [${one.names.join()}] ${one.sql.replaceAll(/\s+/g, " ").slice(0, 130)}${steps.length > 0 ? ` !! ${steps.join("; ")}` : ""}`,
    );
  }
  return flagged;
}

function grownBetween(before: readonly Observed[], after: readonly Observed[]): string[] {
  const earlier = new Map(before.map((one) => [one.sql, one]));
  return after.flatMap(({ sql, names, rowsRead, items }) => {
    const less = earlier.get(sql)?.rowsRead;
    if (less === undefined || names.every((name) => name === EXPORT)) return [];
    if (rowsRead <= less * GROWTH.factor + Math.max(GROWTH.rows, GROWTH.perItem * items)) return [];
    return `${less} -> ${rowsRead} rows [${names.join()}] ${sql.replaceAll(/\s+/g, " ").slice(0, 300)}`;
  });
}

await main();
