import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Plugin } from "vite";

const MODULE = "virtual:ffmpeg-core.wasm.gz?url";

/**
 * Ships ffmpeg's wasm gzipped: unpacked it is 31 MiB, and Pages accepts no file over 25 MiB.
 * Source: https://developers.cloudflare.com/pages/platform/limits/
 */
export function gzippedFfmpeg(): Plugin {
  return {
    name: "gzipped-ffmpeg",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    async load(id) {
      if (id !== `\0${MODULE}`) return null;
      const wasm = await readFile(fileURLToPath(import.meta.resolve("@ffmpeg/core/wasm")));
      const source = await promisify(gzip)(wasm, { level: 9 });
      const file = this.emitFile({ type: "asset", name: "ffmpeg-core.wasm.gz", source });
      return `export default import.meta.ROLLUP_FILE_URL_${file};`;
    },
  };
}
