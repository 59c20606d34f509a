import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { CATALOGUE_PATH, compileMessages } from "./compile-messages.ts";
import { type Language, LANGUAGES, SOURCE_LANGUAGE } from "./languages.ts";
import { addMessages, type CompiledMessages, rich, t } from "./translate.ts";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const CATALOGUES = import.meta.glob<Record<string, string>>("../messages/*/*.ts", {
  import: "messages",
  eager: true,
});

const filesOf = (language: string) =>
  Object.entries(CATALOGUES).filter(([path]) => path.startsWith(`../messages/${language}/`));
const messagesOf = (language: string) =>
  Object.assign({}, ...filesOf(language).map(([, messages]) => messages)) as Record<string, string>;

const english = messagesOf(SOURCE_LANGUAGE);

/** The names of the arguments and tags in parts of a compiled message. */
function namesIn(parts: readonly unknown[]): string[] {
  return parts.filter(Array.isArray).flatMap(([name, ...rest]: unknown[]) => [
    String(name),
    ...rest.flatMap((part) => {
      const isChoice = typeof part === "object" && part !== null && !Array.isArray(part);
      return isChoice
        ? Object.values(part).flatMap((branch) => namesIn([branch].flat()))
        : namesIn([part]);
    }),
  ]);
}

/** The arguments and tags of a message, without repetitions. */
function argumentsOf(message: string): string[] {
  const { message: compiled } = compileMessages({ message });
  return [...new Set(namesIn([compiled].flat()))].toSorted();
}

/** The categories of each plural in a message. */
function pluralsOf(message: string): string[][] {
  return message
    .split(/, plural,/)
    .slice(1)
    .map((rest) =>
      Array.from(rest.matchAll(/(?<![=\w])(zero|one|two|few|many|other) \{/g), ([, name]) => name!),
    );
}

test("the build compiles every catalogue", () => {
  const paths = Object.keys(CATALOGUES).map((path) => path.replace("..", "/web"));
  expect(paths.filter((path) => !CATALOGUE_PATH.test(`/site${path}`))).toEqual([]);
});

test("no key is in more than one catalogue", () => {
  const keys = filesOf(SOURCE_LANGUAGE).flatMap(([, messages]) => Object.keys(messages));
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

describe.each(Object.keys(LANGUAGES) as Language[])("%s", (language) => {
  const messages = messagesOf(language);

  test("has exactly the messages of the English catalogues", () => {
    for (const [path, translated] of filesOf(language)) {
      const source = CATALOGUES[path.replace(`/${language}/`, `/${SOURCE_LANGUAGE}/`)];
      expect([path, ...Object.keys(translated)]).toEqual([path, ...Object.keys(source ?? {})]);
    }
  });

  test("has the same arguments as the English messages", () => {
    for (const [key, message] of Object.entries(messages))
      expect([key, ...argumentsOf(message)]).toEqual([key, ...argumentsOf(english[key] ?? "")]);
  });

  test("has every plural form of its language", () => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const [key, message] of Object.entries(messages))
      for (const categories of pluralsOf(message))
        expect([key, ...categories.toSorted()]).toEqual([key, ...pluralCategories.toSorted()]);
  });

  test("can be compiled, and no message is empty", () => {
    expect(Object.values(messages).filter((message) => message.trim() === "")).toEqual([]);
    expect(Object.keys(compileMessages(messages))).toEqual(Object.keys(messages));
  });
});

test("every message is used", () => {
  const source = globSync("**/*.{ts,tsx}", { cwd: WEB })
    .filter((path) => !/^(dist|messages)\/|\.test\.ts/.test(path))
    .map((path) => readFileSync(`${WEB}${path}`, "utf8"))
    .join("\n");
  /** Keys that are composed: `category.${slug}`. */
  const families = Array.from(
    source.matchAll(/(?:t|translate)\(`([\w.]+\.)\$\{/g),
    ([, family]) => family!,
  );
  const unused = Object.keys(english).filter(
    (key) => !source.includes(`"${key}"`) && !families.some((family) => key.startsWith(family)),
  );
  expect(unused).toEqual([]);
});

const inLanguage = (key: string, message: string) => {
  const compiled: CompiledMessages = compileMessages({ [key]: message });
  addMessages(compiled);
};

test("numbers in messages are formatted, and tags become elements", () => {
  inLanguage("search.total", english["search.total"]!);
  expect([1, 1204].map((count) => t("search.total", { count }))).toEqual([
    "1 video",
    "1,204 videos",
  ]);
  const parts = rich("auth.noAccount", { link: (chunks) => ({ chunks }) as never });
  expect(parts).toEqual(["Don’t have an account? ", { chunks: ["Sign up"] }]);
});
