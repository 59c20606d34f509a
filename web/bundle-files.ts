import type { Rolldown } from "vite";

/**
 * Files of the chunks of some modules, with everything that they import.
 * @param modules ends of their paths
 */
export function filesOf(bundle: Rolldown.OutputBundle, modules: readonly string[]): Set<string> {
  const files = new Set<string>();
  function add(file: string): void {
    const chunk = bundle[file];
    if (files.has(file) || chunk?.type !== "chunk") return;
    files.add(file);
    chunk.viteMetadata?.importedCss.forEach((style) => files.add(style));
    chunk.imports.forEach(add);
  }
  for (const module of modules) {
    const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
    const chunk =
      chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(module))) ??
      // A chunk that contains only styles is found by its entry module.
      chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(module));
    if (!chunk) throw new Error(`Vite has made no chunk of ${module}.`);
    add(chunk.fileName);
  }
  return files;
}

/** The font file that every page needs: Latin letters of all widths. @throws Error when it has another name */
export function fontFile(bundle: Rolldown.OutputBundle): string {
  const file = Object.keys(bundle).find((name) => /archivo-latin-wdth-normal.*\.woff2$/.test(name));
  if (!file) throw new Error("The font file has another name: see bundle-files.ts.");
  return file;
}
