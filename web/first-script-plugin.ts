import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build, type Plugin, type Rolldown } from "vite";
import { filesOf } from "./bundle-files.ts";
import { LANGUAGES } from "./i18n/languages.ts";

const SCRIPT = fileURLToPath(new URL("first-script.ts", import.meta.url));
/** The position of the script in the HTML file. */
const PLACE = '<script id="first-script"></script>';

/** Modules whose files each kind of page needs, by the attribute that lists them for `first-script.ts`. */
const PAGE_MODULES = {
  site: ["/web/app.tsx"],
  video: ["/web/pages/watch.tsx", "/web/player/stage/player.tsx"],
  // Catalogues of languages are not for every browser.
  hls: ["/web/player/stream/hls-source.ts"],
  search: ["/web/pages/search.tsx"],
  embed: ["/web/embed-app.tsx", "/web/pages/embed.tsx", "/web/pages/embed-styles.ts"],
};

/** Pages that need the files of the site too. */
const PARTS_OF_SITE = new Set(["video", "hls", "search"]);

/** The script with all that it imports, as one classic script. */
async function compileScript(): Promise<string> {
  const result = (await build({
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: { input: SCRIPT, output: { format: "iife" } },
    },
  })) as Rolldown.RolldownOutput;
  const code = result.output[0].code.trim();
  if (code.includes("</script") || code.includes("<!--"))
    throw new Error("The first script would end its own element.");
  return code;
}

/** Paths of the files of a page that neither the HTML file nor an earlier list names. */
function listFiles(
  bundle: Rolldown.OutputBundle,
  html: string,
  modules: string[],
  listed: ReadonlySet<string> = new Set(),
): string {
  return Array.from(filesOf(bundle, modules))
    .filter((file) => !listed.has(file) && !html.includes(`"/${file}"`))
    .map((file) => `/${file}`)
    .join(" ");
}

/** The attributes that `first-script.ts` reads. Without a bundle, as on Vite's own server, they name no files. */
function attributesOf(bundle: Rolldown.OutputBundle | undefined, html: string): string {
  const languages = Object.entries(LANGUAGES).map(([tag, { dir }]) => {
    const catalogue = (name: string) =>
      bundle ? listFiles(bundle, html, [`/web/messages/${tag}/${name}.ts`]) : "";
    return [tag, `${dir} ${catalogue("site")} ${catalogue("watch")}`];
  });
  const site = bundle && filesOf(bundle, PAGE_MODULES.site);
  const pages = Object.entries(PAGE_MODULES).map(([name, modules]) => [
    name,
    bundle ? listFiles(bundle, html, modules, PARTS_OF_SITE.has(name) ? site : undefined) : "",
  ]);
  return [...languages, ...pages].map(([name, value]) => ` data-${name}="${value}"`).join("");
}

/** Writes `first-script.ts` into the HTML file, with the lists of files that it needs. */
export function firstScript(): Plugin {
  return {
    name: "first-script",
    transformIndexHtml: {
      order: "post",
      async handler(html, { bundle }) {
        if (!html.includes(PLACE)) throw new Error("index.html has no place for the first script.");
        const script = `<script${attributesOf(bundle, html)}>${await compileScript()}</script>`;
        return html.replace(PLACE, () => script);
      },
    },
  };
}

/** The sources for the inline scripts of an HTML file in the Content-Security-Policy. */
export function inlineScriptHashes(html: string): string[] {
  return Array.from(
    html.matchAll(/<script(?![^>]* (?:src|type)=)[^>]*>([^<][\s\S]*?)<\/script>/g),
    ([, code = ""]) => `'sha256-${createHash("sha256").update(code).digest("base64")}'`,
  );
}
