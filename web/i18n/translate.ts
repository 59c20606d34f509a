import type { GetICUArgs } from "@schummar/icu-type-parser";
import format, { type CompiledMessage, type FormatValues } from "icu-minify/format";
import type { VNode } from "preact";
import { isLanguage, type Language, LANGUAGES, SOURCE_LANGUAGE } from "./languages.ts";
import type { MessageKey, Messages } from "./messages.ts";

export type CompiledMessages = Record<string, CompiledMessage>;

interface ArgumentTypes {
  ICUArgument: string | number;
  ICUNumberArgument: number;
  ICUDateArgument: Date;
}
type Values<Message extends string> = GetICUArgs<Message, ArgumentTypes>;
/** The messages without arguments and tags: constants name them, and `t` reads them where they are shown. */
export type PlainKey = {
  [Key in MessageKey]: Messages[Key] extends `${string}${"{" | "<"}${string}` ? never : Key;
}[MessageKey];

/** The names of the tags in a message, such as `link` in `See the <link>manual</link>.` */
type TagsOf<Message> = Message extends `${string}<${infer Tag}>${infer Rest}`
  ? (Tag extends `/${string}` ? never : Tag) | TagsOf<Rest>
  : never;
type Chunk = string | VNode;
type RichValues<Message extends string> = Values<Message> &
  Record<TagsOf<Message>, (chunks: Chunk[]) => VNode>;

const FORMATTERS = {
  getDateTimeFormat: (...args: ConstructorParameters<typeof Intl.DateTimeFormat>) =>
    new Intl.DateTimeFormat(...args),
  getNumberFormat: (...args: ConstructorParameters<typeof Intl.NumberFormat>) =>
    new Intl.NumberFormat(...args),
  getPluralRules: (...args: ConstructorParameters<typeof Intl.PluralRules>) =>
    new Intl.PluralRules(...args),
};

const known = new Map<string, CompiledMessage>();

/** The language of the page, which `first-script.ts` has chosen. It stays until the page is loaded again. */
export function language(): Language {
  const chosen = globalThis.document?.documentElement.lang ?? SOURCE_LANGUAGE;
  return isLanguage(chosen) ? chosen : SOURCE_LANGUAGE;
}

/** For `Intl`: the page's language with its digits. */
export function locale(): string {
  return LANGUAGES[language()].locale;
}

/** Adds the messages of a catalogue to those that `t` knows. */
export function addMessages(messages: CompiledMessages): void {
  for (const [key, message] of Object.entries(messages)) known.set(key, message);
}

const formatIn = <Rich>(
  message: CompiledMessage,
  tag: string,
  values: FormatValues<Rich> | undefined,
) => format(message, tag, values, { formatters: FORMATTERS });

function formatted<Rich>(key: MessageKey, values: FormatValues<Rich> | undefined) {
  const message = known.get(key);
  if (message !== undefined) return formatIn(message, locale(), values);
  reportError(new Error(`The catalogue with "${key}" is not loaded.`));
  return key;
}

/** A message in the page's language. Call it while rendering, never when a module is loaded. */
export function t(key: PlainKey): string;
export function t<Key extends MessageKey>(key: Key, values: Values<Messages[Key]>): string;
export function t(key: MessageKey, values?: object): string {
  return String(formatted(key, values as FormatValues | undefined));
}

export type Translate = typeof t;

/** `t` with given messages and language, for code outside of a page: Pages Functions serve several languages at once. */
export function translator(messages: CompiledMessages, tag: Language): Translate {
  return (key: MessageKey, values?: object) => {
    const message = messages[key];
    if (message === undefined) throw new Error(`There is no message "${key}".`);
    return String(formatIn(message, LANGUAGES[tag].locale, values as FormatValues | undefined));
  };
}

/** A message with elements in it: each tag of the message is a function from its content to an element. */
export function rich<Key extends MessageKey>(
  key: Key,
  values: RichValues<Messages[Key]>,
): Chunk | Chunk[] {
  return formatted<Chunk>(key, values as unknown as FormatValues<Chunk>) as Chunk | Chunk[];
}
