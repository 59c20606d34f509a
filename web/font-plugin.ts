import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";
import type { Plugin } from "vite";

/** Weights and widths (in per cent) that the site's styles use; the font has 100 to 900 and 62 to 125. */
const AXES = { wght: { min: 400, max: 900 }, wdth: { min: 100, max: 125 } };
const CACHE = fileURLToPath(new URL("../node_modules/.cache/kinora-fonts/", import.meta.url));
/** The basic plane without surrogates: all letters are kept, because titles may contain any. */
const LETTERS = Array.from({ length: 0x1_00_00 }, (_, code) => String.fromCharCode(code))
  .filter((letter) => !/\p{Surrogate}/u.test(letter))
  .join("");

/** @returns path of the font with only the styles in `AXES` */
async function narrowed(path: string): Promise<string> {
  const file = join(CACHE, relative(dirname(path), path));
  const font = await subsetFont(await readFile(path), LETTERS, {
    targetFormat: "woff2",
    variationAxes: AXES,
  });
  await mkdir(CACHE, { recursive: true });
  await writeFile(file, font);
  return file;
}

/**
 * Removes the weights and widths of the site's font that no style uses: they make up half of the file, and every page
 * waits for it (docs/decisions/686-narrowed-font.md).
 */
export function narrowFont(): Plugin {
  return {
    name: "narrow-font",
    apply: "build",
    enforce: "pre",
    transform: {
      filter: { id: /[\\/]@fontsource-variable[\\/]archivo[\\/]wdth\.css$/ },
      async handler(code, id) {
        const folder = dirname(id);
        let styles = code
          .replaceAll("font-weight: 100 900", `font-weight: ${AXES.wght.min} ${AXES.wght.max}`)
          .replaceAll(
            "font-stretch: 62% 125%",
            `font-stretch: ${AXES.wdth.min}% ${AXES.wdth.max}%`,
          );
        for (const [, url = ""] of code.matchAll(/url\((\.\/files\/[^)]+)\)/g)) {
          const file = await narrowed(join(folder, url));
          styles = styles.replace(url, relative(folder, file).replaceAll("\\", "/"));
        }
        return styles;
      },
    },
  };
}
