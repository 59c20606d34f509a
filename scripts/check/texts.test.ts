import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../dev/settings.ts";

/** Names that are the same in every language, and symbols. */
const NAMES = /^(Kinora|HDR|RSS|×|4K|kin_…|[\s\d\p{P}\p{S}]*)$/u;
/** Attributes that viewers see or hear. */
const SHOWN_ATTRIBUTES =
  /\b(?:label|title|aria-label|aria-valuetext|placeholder|hint|any|action|reason|legend|emptyText|alt)=(?:"([^"]+)"|\{`([^`]*)`\})/g;
/** The text between two tags, without braces. */
const TEXT_NODES = /(?<![=\-<(&|?:\s])>([^<>{}()=;]*)(?=<\/?[a-zA-Z>]|\{)/g;
const AFTER_BRACE = /\}([^<>{}()=;?:]*)<\/[a-z]/g;
/** Sentences and labels in code: a capital letter followed by lower case, with a space in it. */
const SENTENCES = /(?<![\w=])(["`])((?:[A-Z][\p{L}’]*)(?: [^"`$]*)[.!?…]?)\1/gu;
/** Texts that are not for viewers, or only for developers. */
const NOT_SHOWN =
  /Error\(\s*["`]|throw new Error|label="thumbnails"|^\s*(?:\*|\/\/|\/\*)|import |DOMException/;

/** What viewers may see of a source: without comments and what is meant for programs. */
function shownPartOf(source: string): string {
  return source
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .split("\n")
    .filter((line) => !NOT_SHOWN.test(line))
    .join("\n");
}

const sentencesOf = (source: string): string[] =>
  Array.from(shownPartOf(source).matchAll(SENTENCES), ([, , text]) => text ?? "");

/** The texts of a component that are not in a catalogue. */
function textsOf(source: string): string[] {
  const code = shownPartOf(source);
  const found = [
    ...Array.from(
      code.matchAll(SHOWN_ATTRIBUTES),
      ([, plain, template]) => plain ?? template ?? "",
    ),
    ...Array.from(code.matchAll(TEXT_NODES), ([, text]) => text ?? ""),
    ...Array.from(code.matchAll(AFTER_BRACE), ([, text]) => text ?? ""),
    ...sentencesOf(source),
  ];
  return found
    .map((text) =>
      text
        .replaceAll(/\$\{[^}]*\}/g, "")
        .replaceAll(/\s+/g, " ")
        .trim(),
    )
    .filter((text) => !NAMES.test(text));
}

/** Code without components, except the modules that read messages of ffmpeg and media-chrome. */
const codePaths = globSync(
  "web/{*,components/*,library/*,pages/*,player/*/*,settings/*,studio/*,studio/*/*}.ts",
  {
    cwd: ROOT,
    exclude: [
      "**/*.test.ts",
      "web/*.config.ts",
      "web/*-plugin.ts",
      "web/player/controls/controls-ar.ts",
      "web/studio/upload/source-metadata.ts",
    ],
  },
);

const componentPaths = globSync(
  "web/{*,components/*,library/*,pages/*,player/*/*,settings/*,studio/*,studio/*/*}.tsx",
  {
    cwd: ROOT,
  },
);

test.each(componentPaths)("%s shows only text from the catalogues", (path) => {
  expect(textsOf(readFileSync(join(ROOT, path), "utf8"))).toEqual([]);
});

test.each(codePaths)("%s contains no sentence outside the catalogues", (path) => {
  expect(sentencesOf(readFileSync(join(ROOT, path), "utf8"))).toEqual([]);
});

test.each([
  [`<h1>Search</h1>`, "Search"],
  [`<p>\n  Two\n  lines\n</p>`, "Two lines"],
  [`<p>Hello {name}</p>`, "Hello"],
  [`<p>{name} is back</p>`, "is back"],
  [`<Field label="Name" />`, "Name"],
  [`<a aria-label={\`Edit \${title}\`} />`, "Edit"],
  [`usePageTitle("My videos");`, "My videos"],
  [`{done ? "Password changed. Sign in." : ""}`, "Password changed. Sign in."],
])("a text outside the catalogues is found: %s", (code, text) => {
  expect(textsOf(code)).toContain(text);
});
