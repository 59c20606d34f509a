import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { preact } from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";
import { gzippedFfmpeg } from "./ffmpeg-core.ts";
import { pagesHeaders } from "./headers.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

/**
 * The origin that the browser PUTs upload parts to: `S3_ENDPOINT` in the environment, which scripts with other ports
 * set, or else the value in wrangler.toml.
 */
function uploadOrigin(): string {
  const configured =
    process.env["S3_ENDPOINT"] ??
    /^S3_ENDPOINT = "(.+)"$/m.exec(readFileSync(`${root}../wrangler.toml`, "utf8"))?.[1];
  if (!configured)
    throw new Error(
      "S3_ENDPOINT is missing in wrangler.toml. The Content-Security-Policy needs it.",
    );
  return new URL(configured).origin;
}

/** Writes `_headers`, which Pages applies to every static response. */
function headersFile(): Plugin {
  return {
    name: "pages-headers",
    apply: "build",
    generateBundle() {
      this.emitFile({
        type: "asset",
        fileName: "_headers",
        source: pagesHeaders({ uploadOrigin: uploadOrigin() }),
      });
    },
  };
}

/** Paths that belong to the Worker. In production, Pages forwards them. */
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
  plugins: [preact(), headersFile(), gzippedFfmpeg()],
  // Workers have their own folder, because they have their own Content-Security-Policy (headers.ts).
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
