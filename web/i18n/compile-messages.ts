import compile from "icu-minify/compile";
import type { CompiledMessages } from "./translate.ts";

/** Parses the messages of a catalogue (ICU MessageFormat) once, so that browsers need no parser. */
export function compileMessages(messages: Record<string, string>): CompiledMessages {
  return Object.fromEntries(
    Object.entries(messages).map(([key, message]) => [key, compile(message)]),
  );
}
