import type { Plugin } from "vite";

/** A chunk that only re-exports another one. */
const FACADE = /^export\{([^{}]+)\}from["'`]\.\/([^"'`]+)["'`];?$/;
/** The same for a module without exports. */
const BARE_FACADE = /^import["'`]\.\/([^"'`]+)["'`];?$/;

/** `{Player:e.t}` for `t as Player`. */
function pickFrom(exports: string): string {
  const picked = exports.split(",").map((one) => {
    const [inner = "", outer = inner] = one.trim().split(" as ");
    return `${outer}:e.${inner}`;
  });
  return `{${picked.join(",")}}`;
}

/**
 * Makes lazy imports point directly to the chunk that contains the module. The bundler creates another file for each
 * module of a chunk group (CHUNKS in vite.config.ts) that only renames its exports, and the page would wait for its
 * request.
 */
export function withoutFacades(): Plugin {
  return {
    name: "without-facades",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
        for (const facade of chunks) {
          const code = facade.code.trim();
          const [, exports, target = BARE_FACADE.exec(code)?.[1]] = FACADE.exec(code) ?? [];
          if (!target || facade.isEntry) continue;
          const [folder = "", name = ""] = facade.fileName.split(/\/(?=[^/]+$)/);
          const renamed = exports ? `.then(e=>(${pickFrom(exports)}))` : "";
          const picked = `import("./${target}")${renamed}`;
          for (const chunk of chunks) {
            for (const quote of ['"', "'", "`"])
              chunk.code = chunk.code.replaceAll(`import(${quote}./${name}${quote})`, picked);
            // In Vite's list of files to preload with it.
            chunk.code = chunk.code.replaceAll(`"${folder}/${name}"`, `"${folder}/${target}"`);
            if (chunk !== facade && chunk.code.includes(name))
              throw new Error(`${chunk.fileName} needs ${name}, which only passes on exports.`);
          }
          delete bundle[facade.fileName];
        }
      },
    },
  };
}
