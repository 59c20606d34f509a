import { readFile } from "node:fs/promises";
import { type Plugin, transformWithOxc } from "vite";
import { CATALOGUE_PATH, compileMessages } from "./compile-messages.ts";

/** Compiles the message catalogues. */
export function messageCatalogues(): Plugin {
  return {
    name: "message-catalogues",
    enforce: "pre",
    load: {
      filter: { id: CATALOGUE_PATH },
      async handler(path) {
        // Without its types, a catalogue has no imports.
        const { code } = await transformWithOxc(await readFile(path, "utf8"), path);
        const url = `data:text/javascript,${encodeURIComponent(code)}`;
        const { messages } = (await import(url)) as { messages: Record<string, string> };
        return `export const messages = ${JSON.stringify(compileMessages(messages))};`;
      },
    },
  };
}
