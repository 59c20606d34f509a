import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin, Rolldown } from "vite";
import { filesOf, fontFile } from "./bundle-files.ts";
import { LANGUAGES } from "./i18n/languages.ts";

/** The files that show the frame of the site. */
const SHELL_MODULES = ["/web/main.tsx", "/web/app.tsx"];
/** Files of `public/` that the shell needs. */
const PUBLIC_FILES = ["favicon.svg", "icon-192.png", "site.webmanifest"];

/** Paths of the files that the app shell needs, with the initial messages of every language. */
function shellFiles(bundle: Rolldown.OutputBundle): string[] {
  const catalogues = Object.keys(LANGUAGES).map((tag) => `/web/messages/${tag}/site.ts`);
  const assets = [...filesOf(bundle, [...SHELL_MODULES, ...catalogues]), fontFile(bundle)];
  return [...assets, ...PUBLIC_FILES].map((name) => `/${name}`);
}

/**
 * Lists what `service-worker.js` stores. The version changes with any of these files.
 * @param root of the site's sources
 */
export function offlineShell(root: string): Plugin {
  return {
    name: "offline-shell",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const files = shellFiles(bundle);
        const page = bundle["index.html"];
        if (page?.type !== "asset") throw new Error("Vite has made no index.html.");
        const hash = createHash("sha256").update(files.join("\n")).update(page.source);
        for (const name of PUBLIC_FILES) hash.update(readFileSync(`${root}public/${name}`));
        const shell = { version: hash.digest("hex").slice(0, 16), files };
        this.emitFile({
          type: "asset",
          fileName: "shell-files.js",
          source: `self.SHELL = ${JSON.stringify(shell)};\n`,
        });
      },
    },
  };
}
