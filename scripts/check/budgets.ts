import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Sizes are measured after gzip. Raise a budget only with a reason in the commit. */
const MAX_WORKER_KIB = 1080;
/** Scripts and styles of the entry, which every page needs. */
const MAX_ENTRY_KIB = 60;
/** Scripts and styles of the entry and of the player with hls.js and its controls, which play a video. */
const MAX_WATCH_KIB = 213;
/** The studio with Uppy and the password strength meter are loaded only by their pages. */
const MAX_CHUNK_KIB = 260;

const kib = (bytes: number): number => Math.round(bytes / 1024);
const gzipped = (path: string): number => gzipSync(readFileSync(path)).byteLength;

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** A size and its budget, in KiB. */
interface Measure {
  what: string;
  size: number;
  budget: number;
}

/** @throws Error that names the sizes above their budget */
function judge(measures: Measure[]): string {
  const over = measures.filter(({ size, budget }) => size > budget);
  const line = ({ what, size, budget }: Measure): string => `${what} ${size} of ${budget} KiB`;
  if (over.length > 0) throw new Error(over.map(line).join("\n"));
  return measures.map(line).join(", ");
}

/** @param folder output of `wrangler deploy --dry-run --outdir` */
export function checkWorkerSize(folder: string): string {
  const size = filesOf(folder)
    .filter((path) => /\.(m?js|wasm)$/.test(path))
    .reduce((sum, path) => sum + gzipped(path), 0);
  return judge([{ what: "Worker", size: kib(size), budget: MAX_WORKER_KIB }]);
}

/** @param folder output of `vite build` */
export function checkSiteSize(folder: string): string {
  const html = readFileSync(join(folder, "index.html"), "utf8");
  const linked = Array.from(
    html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g),
    ([, name]) => name ?? "",
  );
  // The file lists of the first script (web/first-script-plugin.ts).
  const listed = (name: string) =>
    (new RegExp(` data-${name}="([^"]*)"`).exec(html)?.[1] ?? "")
      .split(" ")
      .filter((path) => path.startsWith("/assets/"))
      .map((path) => path.slice(1));
  const sizeOf = (names: string[]) =>
    kib(names.reduce((sum, name) => sum + gzipped(join(folder, name)), 0));
  const entry = [...new Set([...linked, ...listed("site")])];
  const video = [...listed("video"), ...listed("hls")].filter((name) => !entry.includes(name));
  const late = readdirSync(join(folder, "assets"))
    .filter((name) => /^(?:media-controller|controls-elements)-.*\.js$/.test(name))
    .map((name) => `assets/${name}`);
  const chunks = filesOf(join(folder, "assets")).filter((path) => path.endsWith(".js"));
  const largest = chunks.map((path) => kib(gzipped(path))).reduce((a, b) => Math.max(a, b), 0);
  return judge([
    {
      what: "entry",
      size: sizeOf(entry),
      budget: MAX_ENTRY_KIB,
    },
    {
      what: "watch",
      size: sizeOf([...entry, ...new Set([...video, ...late])]),
      budget: MAX_WATCH_KIB,
    },
    { what: "largest chunk", size: largest, budget: MAX_CHUNK_KIB },
  ]);
}
