import type { z } from "zod";
import { AppError } from "./errors.ts";

/** Encodes where a page ended. The text is opaque: clients only send it back. */
export function encodeCursor(position: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(position));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/**
 * @param schema the content of a cursor of this list; any other is forged or belongs to another list
 * @throws AppError invalid_cursor
 */
export function decodeCursor<T extends z.ZodType>(schema: T, cursor: string): z.output<T> {
  const position = schema.safeParse(parse(cursor));
  if (position.success) return position.data;
  throw new AppError(
    "invalid_cursor",
    "This cursor does not belong to this list. Start again without it.",
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
