import { readFile } from "node:fs/promises";
import { type Plugin, transformWithOxc } from "vite";
import { compileMessages } from "./compile-messages.ts";
import { LANGUAGES } from "./languages.ts";

const CATALOGUE = /\/web\/messages\/\w+\/\w+\.ts$/;
/** Runs before the first paint and picks the language. */
const EARLY_SCRIPT = '<script src="/before-paint.js"';

/**
 * Compiles the message catalogues, and tells `before-paint.js` where the first one of each language is, so that it loads
 * beside the code that waits for it.
 */
export function messageCatalogues(): Plugin {
  return {
    name: "message-catalogues",
    enforce: "pre",
    load: {
      filter: { id: CATALOGUE },
      async handler(path) {
        // Without its types, a catalogue imports nothing.
        const { code } = await transformWithOxc(await readFile(path, "utf8"), path);
        const url = `data:text/javascript,${encodeURIComponent(code)}`;
        const { messages } = (await import(url)) as { messages: Record<string, string> };
        return `export const messages = ${JSON.stringify(compileMessages(messages))};`;
      },
    },
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        const files = Object.values(bundle ?? {});
        const attributes = Object.entries(LANGUAGES).map(([tag, { dir }]) => {
          const file = files.find(
            (output) =>
              output.type === "chunk" &&
              output.facadeModuleId?.endsWith(`/web/messages/${tag}/site.ts`),
          );
          return ` data-${tag}="${dir} ${file ? `/${file.fileName}` : ""}"`;
        });
        return html.replace(EARLY_SCRIPT, `${EARLY_SCRIPT}${attributes.join("")}`);
      },
    },
  };
}
