import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { preact } from "@preact/preset-vite";
import { defineConfig, type Plugin, type Rolldown } from "vite";
import { gzippedFfmpeg } from "./ffmpeg-core.ts";
import { pagesHeaders } from "./headers.ts";
import { messageCatalogues } from "./i18n/catalogue-plugin.ts";
import { hlsSources } from "./hls-sources.ts";
import { pagesRedirects } from "./site-paths.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

/** A variable of the deployment: of the environment, which scripts with other ports set, or else of wrangler.toml. */
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
        emit("_headers", pagesHeaders({ uploadOrigin: uploadOrigin(), chromecast: CHROMECAST }));
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

/**
 * Chunks with all that their modules import and no chunk before them has: without them the code that pages share is split
 * into twenty small files, each of which costs a request.
 */
const CHUNKS = [
  { name: "start", test: /[\\/]web[\\/]main\.tsx$/, priority: 6 },
  // All that an embedded player needs before it is clicked. The site has the same, and so loads it too.
  { name: "embed", test: /[\\/]web[\\/](?:embed-app|pages[\\/]embed)\.tsx$/, priority: 5 },
  { name: "app", test: /[\\/]web[\\/]app\.tsx$/, priority: 4 },
  { name: "embed-styles", test: /[\\/]web[\\/]pages[\\/]embed-styles\.ts$/, priority: 4 },
  { name: "player", test: /[\\/]web[\\/]player[\\/]player\.tsx$/, priority: 3 },
  { name: "watch", test: /[\\/]web[\\/]pages[\\/]watch\.tsx$/, priority: 2 },
  { name: "hls-source", test: /[\\/]web[\\/]player[\\/]hls-source\.ts$/, priority: 1 },
];

/**
 * Modules whose code each page needs, but which start after the requests that `main.tsx` makes first. The edge takes the
 * links out of embedded players (edge/rewrite-head.ts).
 */
const PAGE_MODULES = ["/web/app.tsx"];
/** Those that the page of a video needs too. hls.js is not for every browser: `startVideoPage` asks for it. */
const VIDEO_PAGE_MODULES = ["/web/pages/watch.tsx", "/web/player/player.tsx"];

/** Files of the chunks of some modules, with all that they import. */
function filesOf(bundle: Rolldown.OutputBundle, modules: readonly string[]): Set<string> {
  const files = new Set<string>();
  function add(file: string): void {
    const chunk = bundle[file];
    if (files.has(file) || chunk?.type !== "chunk") return;
    files.add(file);
    chunk.viteMetadata?.importedCss.forEach((style) => files.add(style));
    chunk.imports.forEach(add);
  }
  for (const module of modules) {
    // The chunk of the module, and the one that is imported by its name, if they are two.
    const chunks = Object.values(bundle).filter(
      (output) =>
        output.type === "chunk" &&
        (output.facadeModuleId?.endsWith(module) ||
          output.moduleIds.some((id) => id.endsWith(module))),
    );
    if (chunks.length === 0) throw new Error(`Vite has made no chunk of ${module}.`);
    chunks.forEach(({ fileName }) => add(fileName));
  }
  return files;
}

/**
 * Has code that modules import later load at once. The links for pages of videos are in a template, where they do nothing
 * until the edge unwraps it on these pages (edge/rewrite-head.ts).
 */
function preloadCode(): Plugin {
  return {
    name: "preload-code",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const page = filesOf(bundle, PAGE_MODULES);
        const video = Array.from(filesOf(bundle, VIDEO_PAGE_MODULES)).filter(
          (file) => !page.has(file),
        );
        const links = (files: Iterable<string>) =>
          Array.from(files)
            .filter((file) => !html.includes(file))
            .map((file) => ({
              tag: "link",
              attrs: file.endsWith(".css")
                ? { rel: "preload", as: "style", crossorigin: "", href: `/${file}` }
                : { rel: "modulepreload", crossorigin: "", href: `/${file}` },
            }));
        return [
          ...links(page).map((link) => ({
            ...link,
            attrs: { ...link.attrs, "data-site": true },
            injectTo: "head" as const,
          })),
          {
            tag: "template",
            attrs: { id: "video-page" },
            children: links(video),
            injectTo: "head" as const,
          },
        ];
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
  plugins: [
    preact(),
    messageCatalogues(),
    hlsSources(),
    preloadFont(),
    preloadCode(),
    pagesFiles(),
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
