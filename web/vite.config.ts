import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { preact } from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";
import { gzippedFfmpeg } from "./ffmpeg-core.ts";
import { pagesHeaders } from "./headers.ts";
import { messageCatalogues } from "./i18n/catalogue-plugin.ts";
import { pagesRedirects } from "./site-paths.ts";

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

/**
 * Writes what Pages reads: `_headers` for every static response, `_redirects` for the addresses of the site, and
 * `404.html` for all others, which is the same file, since the router says what is missing.
 */
function pagesFiles(): Plugin {
  return {
    name: "pages-files",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const index = bundle["index.html"];
        if (index?.type !== "asset") throw new Error("Vite has made no index.html.");
        const emit = (fileName: string, source: string) =>
          this.emitFile({ type: "asset", fileName, source });
        emit("_headers", pagesHeaders({ uploadOrigin: uploadOrigin() }));
        emit("_redirects", pagesRedirects());
        emit(
          "404.html",
          String(index.source).replace(
            "</title>",
            `</title>\n    <meta name="robots" content="noindex" />`,
          ),
        );
      },
    },
  };
}

/** The font file that every page needs: Latin letters of all widths. */
const FONT_FILE = /archivo-latin-wdth-normal.*\.woff2$/;

/** Has the font load beside the style sheet that names it, so that text seldom changes its width. */
function preloadFont(): Plugin {
  return {
    name: "preload-font",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_html, { bundle }) {
        const file = Object.keys(bundle ?? {}).find((name) => FONT_FILE.test(name));
        if (!file) throw new Error("The font file has another name: see FONT_FILE.");
        const attrs = { rel: "preload", as: "font", type: "font/woff2", href: `/${file}` };
        return [{ tag: "link", attrs: { ...attrs, crossorigin: "" }, injectTo: "head" }];
      },
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
  "/robots.txt",
  "/sitemap.xml",
  "/sitemaps",
];

export default defineConfig({
  root,
  plugins: [preact(), messageCatalogues(), preloadFont(), pagesFiles(), gzippedFfmpeg()],
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
