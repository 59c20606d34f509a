import compile from "icu-minify/compile";
import type { CompiledMessages } from "./translate.ts";

/** Path pattern of a file that the build compiles. */
export const CATALOGUE_PATH = /\/web\/messages\/\w+\/[\w-]+\.ts$/;

/** Parses the messages of a catalogue (ICU MessageFormat) once, so that browsers need no parser. */
export function compileMessages(messages: Record<string, string>): CompiledMessages {
  return Object.fromEntries(
    Object.entries(messages).map(([key, message]) => [key, compile(message)]),
  );
}
