import type { z } from "zod";
import { AppError } from "./errors.ts";

/** Where a page ended, as an opaque text: clients hand it back and read nothing out of it. */
export function encodeCursor(position: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(position));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/**
 * @param schema what a cursor of this list holds; anything else was made up or belongs to another list
 * @throws AppError invalid_cursor
 */
export function decodeCursor<T extends z.ZodType>(schema: T, cursor: string): z.output<T> {
  const position = schema.safeParse(parse(cursor));
  if (position.success) return position.data;
  throw new AppError(
    "invalid_cursor",
    "This cursor is not one of this list. Start again without it.",
  );
}

function parse(cursor: string): unknown {
  try {
    const binary = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(
      new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0))),
    );
  } catch {
    return undefined;
  }
}
