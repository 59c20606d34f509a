import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Plugin, transformWithOxc } from "vite";

const PACKAGE = createRequire(import.meta.url).resolve("hls.js/package.json");
const SOURCES = join(dirname(PACKAGE), "src");
const { version } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string };

/**
 * The parts of hls.js that our player uses, as flags of its own build: neither its full nor its light build has exactly
 * these.
 */
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

/** Modules that our player never uses although hls.js has no build flag for them, by the module that imports them. */
const UNREACHED: Readonly<Record<string, readonly string[]>> = {
  // Our segments are fragmented MP4, which passes through.
  "demux/transmuxer.ts": [
    "./audio/aacdemuxer",
    "./audio/mp3demuxer",
    "../demux/tsdemuxer",
    "../remux/mp4-remuxer",
  ],
  // Only its timestamp functions are kept.
  "remux/mp4-remuxer.ts": ["./aac-helper", "./mp4-generator"],
  "config.ts": [
    "./controller/cmcd-controller",
    // A separate chunk, for videos with DRM (player/stream/drm-code.ts).
    "./controller/eme-controller",
    // Off by default.
    "./controller/fps-controller",
    // Metadata and captions inside segments.
    "./controller/id3-track-controller",
    "./controller/timeline-controller",
    "./utils/cues",
  ],
};
const NOTHING = "\0hls-nothing";
/** What a part that is left out exports instead: a default, and the only name that one of them has. */
const NOTHING_CODE = "export default undefined; export const TimelineController = undefined;";

/** A path in Rolldown's form. */
const posix = (path: string): string => path.replaceAll("\\", "/");

/**
 * Builds hls.js from the sources in its package, without the parts that none of our streams needs
 * (docs/decisions/630-hls-from-sources.md).
 */
export function hlsSources(): Plugin {
  /** The parts of `UNREACHED` that the build has left out. */
  const left = new Set<string>();
  return {
    name: "hls-sources",
    enforce: "pre",
    config: () => ({
      resolve: {
        alias: [
          { find: /^hls\.js$/, replacement: join(SOURCES, "hls.ts") },
          {
            find: /^hls\.js\/eme-controller$/,
            replacement: join(SOURCES, "controller/eme-controller.ts"),
          },
        ],
      },
      define: {
        __VERSION__: JSON.stringify(version),
        __IN_WORKER__: "false",
        __HLS_WORKER_BUNDLE__: "undefined",
        ...Object.fromEntries(
          Object.entries(FEATURES).map(([name, isUsed]) => [`__USE_${name}__`, String(isUsed)]),
        ),
      },
    }),
    resolveId(source, importer = "") {
      const [path = importer] = posix(importer).split("?");
      const module = Object.keys(UNREACHED).find((name) => path.endsWith(`/hls.js/src/${name}`));
      if (!module || !UNREACHED[module]?.includes(source)) return undefined;
      left.add(`${module} ${source}`);
      return NOTHING;
    },
    load: (id) => (id === NOTHING ? NOTHING_CODE : undefined),
    generateBundle() {
      const wanted = Object.values(UNREACHED).flat().length;
      if (left.size < wanted) this.error("hls.js imports other modules than those of UNREACHED.");
    },
    transform: {
      filter: { id: /[\\/]hls\.js[\\/]src[\\/].*\.ts$/ },
      // Same as in the build of hls.js: a field that a subclass only declares keeps the value of the parent's
      // constructor.
      handler: (code, id) =>
        transformWithOxc(code, id, {
          target: "es2022",
          assumptions: { setPublicClassFields: true },
          typescript: { removeClassFieldsWithoutInitializer: true },
        }),
    },
  };
}
