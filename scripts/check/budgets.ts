import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** What may be downloaded or started, in KiB after gzip. Raise a budget only with a reason in the commit. */
const WORKER_BUDGET = 900;
/** Everything that the browser needs before a page shows: the entry's own scripts and styles. */
const ENTRY_BUDGET = 90;
/** The player with hls.js, and the studio with Uppy, come only with their pages. */
const CHUNK_BUDGET = 260;

const kib = (bytes: number): number => Math.round(bytes / 1024);
const gzipped = (path: string): number => gzipSync(readFileSync(path)).byteLength;

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** One figure against its budget. */
interface Measure {
  what: string;
  size: number;
  budget: number;
}

/** @throws Error that lists what is over its budget, KiB after gzip */
function judge(measures: Measure[]): string {
  const over = measures.filter(({ size, budget }) => size > budget);
  const line = ({ what, size, budget }: Measure): string => `${what} ${size} of ${budget} KiB`;
  if (over.length > 0) throw new Error(over.map(line).join("\n"));
  return measures.map(line).join(", ");
}

/** @param folder what `wrangler deploy --dry-run --outdir` wrote */
export function checkWorkerSize(folder: string): string {
  const size = filesOf(folder)
    .filter((path) => /\.(m?js|wasm)$/.test(path))
    .reduce((sum, path) => sum + gzipped(path), 0);
  return judge([{ what: "Worker", size: kib(size), budget: WORKER_BUDGET }]);
}

/** @param folder what `vite build` wrote */
export function checkSiteSize(folder: string): string {
  const html = readFileSync(join(folder, "index.html"), "utf8");
  const entry = Array.from(
    html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g),
    ([, name]) => name ?? "",
  );
  const chunks = filesOf(join(folder, "assets")).filter((path) => path.endsWith(".js"));
  const largest = chunks.map((path) => kib(gzipped(path))).reduce((a, b) => Math.max(a, b), 0);
  return judge([
    {
      what: "entry",
      size: kib(entry.reduce((sum, name) => sum + gzipped(join(folder, name)), 0)),
      budget: ENTRY_BUDGET,
    },
    { what: "largest chunk", size: largest, budget: CHUNK_BUDGET },
  ]);
}
