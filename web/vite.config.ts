import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { preact } from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";
import { fontFile } from "./bundle-files.ts";
import { withoutFacades } from "./facade-plugin.ts";
import { gzippedFfmpeg } from "./ffmpeg-core.ts";
import { narrowFont } from "./font-plugin.ts";
import { firstScript, inlineScriptHashes } from "./first-script-plugin.ts";
import { pagesHeaders } from "./headers.ts";
import { messageCatalogues } from "./i18n/catalogue-plugin.ts";
import { hlsSources } from "./hls-sources.ts";
import { offlineShell } from "./offline-plugin.ts";
import { pagesRedirects } from "./site-paths.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

/**
 * A variable of the deployment: from the environment, which scripts with other ports set, or else from wrangler.toml.
 */
function setting(name: string): string | undefined {
  return (
    process.env[name] ??
    new RegExp(`^${name} = "(.+)"$`, "m").exec(readFileSync(`${root}../wrangler.toml`, "utf8"))?.[1]
  );
}

/** The origin that the browser PUTs upload parts to. */
function uploadOrigin(): string {
  const configured = setting("S3_ENDPOINT");
  if (!configured)
    throw new Error(
      "S3_ENDPOINT is missing in wrangler.toml. The Content-Security-Policy needs it.",
    );
  return new URL(configured).origin;
}

const CHROMECAST = setting("CHROMECAST") === "true";

/**
 * Writes the files that Pages reads: `_headers` for every static response, `_redirects` for the addresses of the site,
 * and `404.html` for all others, which is the same file, since the router reports what is missing.
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
        const inlineScripts = inlineScriptHashes(String(index.source));
        emit(
          "_headers",
          pagesHeaders({ uploadOrigin: uploadOrigin(), chromecast: CHROMECAST, inlineScripts }),
        );
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

/** Loads the font in parallel with the style sheet that names it, so that text rarely changes its width. */
function preloadFont(): Plugin {
  return {
    name: "preload-font",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_html, { bundle }) {
        const href = `/${fontFile(bundle ?? {})}`;
        const attrs = { rel: "preload", as: "font", type: "font/woff2", href };
        return [{ tag: "link", attrs: { ...attrs, crossorigin: "" }, injectTo: "head" }];
      },
    },
  };
}

/**
 * Chunks with everything that their modules import and that no earlier chunk has: without them the code that pages
 * share is split into twenty small files, each of which costs a request.
 */
const CHUNKS = [
  // One style sheet for video pages, and one for styles that many pages share.
  {
    name: "video-styles",
    test: /[\\/]web[\\/](?:player[\\/][a-z]+|pages)[\\/](?:player|stage|captions|watch|chapter-list|playlist-panel|transcript|embed)[\w-]*\.css$/,
    priority: 11,
  },
  {
    name: "start",
    test: /[\\/]web[\\/](?:main\.tsx|components[\\/](?:states|confirm-dialog)\.css)$/,
    priority: 10,
  },
  // Everything that an embedded player needs before it is clicked. The site needs the same and therefore loads it too.
  { name: "embed", test: /[\\/]web[\\/](?:embed-app|pages[\\/]embed)\.tsx$/, priority: 9 },
  { name: "app", test: /[\\/]web[\\/]app\.tsx$/, priority: 8 },
  { name: "embed-styles", test: /[\\/]web[\\/]pages[\\/]embed-styles\.ts$/, priority: 8 },
  { name: "player", test: /[\\/]web[\\/]player[\\/]stage[\\/]player\.tsx$/, priority: 7 },
  { name: "watch", test: /[\\/]web[\\/]pages[\\/]watch\.tsx$/, priority: 6 },
  { name: "hls-source", test: /[\\/]web[\\/]player[\\/]stream[\\/]hls-source\.ts$/, priority: 5 },
  // Each is evaluated in a separate task (docs/decisions/855-controls-in-steps.md). Menus share their code.
  {
    name: "controls-elements",
    test: /[\\/]web[\\/]player[\\/]controls[\\/]controls-elements\.ts$/,
    priority: 4,
  },
  {
    name: "media-controller",
    test: /[\\/]media-chrome[\\/]dist[\\/]media-controller\.js$/,
    priority: 1,
  },
];

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
  "/healthz",
  "/readyz",
  "/robots.txt",
  "/sitemap.xml",
  "/sitemaps",
];

export default defineConfig({
  root,
  plugins: [
    preact(),
    messageCatalogues(),
    hlsSources(),
    narrowFont(),
    preloadFont(),
    firstScript(),
    withoutFacades(),
    pagesFiles(),
    offlineShell(root),
    gzippedFfmpeg(),
  ],
  define: { "import.meta.env.CHROMECAST": JSON.stringify(String(CHROMECAST)) },
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
    rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
  },
  server: {
    proxy: Object.fromEntries(
      WORKER_PATHS.map((path) => [path, process.env["WORKER_ORIGIN"] ?? "http://localhost:8787"]),
    ),
  },
});
