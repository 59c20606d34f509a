import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Plugin, transformWithOxc } from "vite";

const PACKAGE = createRequire(import.meta.url).resolve("hls.js/package.json");
const SOURCES = join(dirname(PACKAGE), "src");
const { version } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string };

/** What our player uses of hls.js, in the terms of its own builds: neither its full nor its light build has exactly this. */
const FEATURES = {
  ALT_AUDIO: true,
  EME_DRM: true,
  SUBTITLES: false,
  CMCD: false,
  CONTENT_STEERING: false,
  IFRAMES: false,
  INTERSTITIALS: false,
  M2TS_ADVANCED_CODECS: false,
  MEDIA_CAPABILITIES: false,
  VARIABLE_SUBSTITUTION: false,
};

/**
 * Builds hls.js from the sources in its package, without what no stream of ours needs
 * (docs/decisions/630-hls-from-sources.md).
 */
export function hlsSources(): Plugin {
  return {
    name: "hls-sources",
    enforce: "pre",
    config: () => ({
      resolve: { alias: [{ find: /^hls\.js$/, replacement: join(SOURCES, "hls.ts") }] },
      define: {
        __VERSION__: JSON.stringify(version),
        __IN_WORKER__: "false",
        __HLS_WORKER_BUNDLE__: "undefined",
        ...Object.fromEntries(
          Object.entries(FEATURES).map(([name, isUsed]) => [`__USE_${name}__`, String(isUsed)]),
        ),
      },
    }),
    transform: {
      filter: { id: /[\\/]hls\.js[\\/]src[\\/].*\.ts$/ },
      // As hls.js builds itself: a field that a subclass only declares keeps the value of the constructor above it.
      handler: (code, id) =>
        transformWithOxc(code, id, {
          target: "es2022",
          assumptions: { setPublicClassFields: true },
          typescript: { removeClassFieldsWithoutInitializer: true },
        }),
    },
  };
}
