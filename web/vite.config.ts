import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { preact } from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";
import { packedFfmpeg } from "./ffmpeg-core.ts";
import { pagesHeaders } from "./headers.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

/**
 * Origin the browser PUTs upload parts to. `S3_ENDPOINT` in the environment wins (scripts with other
 * ports), else the deployment's own value in wrangler.toml, so that it is written down once.
 */
function uploadOrigin(): string {
  const configured =
    process.env["S3_ENDPOINT"] ??
    /^S3_ENDPOINT = "(.+)"$/m.exec(readFileSync(`${root}../wrangler.toml`, "utf8"))?.[1];
  if (!configured) throw new Error("S3_ENDPOINT is missing in wrangler.toml: the CSP needs it.");
  return new URL(configured).origin;
}

/** Writes `_headers`, which Pages applies to every static answer. */
const headersFile = (): Plugin => ({
  name: "pages-headers",
  apply: "build",
  generateBundle() {
    this.emitFile({
      type: "asset",
      fileName: "_headers",
      source: pagesHeaders({ uploadOrigin: uploadOrigin() }),
    });
  },
});

/** Paths that belong to the Worker; in production Pages forwards them. */
const WORKER_PATHS = [
  "/api",
  "/v1",
  "/media",
  "/images",
  "/.well-known",
  "/openapi.json",
  "/docs",
  "/oembed",
];

export default defineConfig({
  root,
  plugins: [preact(), headersFile(), packedFfmpeg()],
  // A folder of their own, since workers have a policy of their own (headers.ts).
  worker: {
    format: "es",
    rolldownOptions: { output: { entryFileNames: "assets/workers/[name]-[hash].js" } },
  },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: Object.fromEntries(
      WORKER_PATHS.map((path) => [path, process.env["WORKER_ORIGIN"] ?? "http://localhost:8787"]),
    ),
  },
});
