import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { AppError } from "./errors.ts";

const Position = z.tuple([z.string(), z.number()]);

test("a cursor decodes to what was encoded, and is safe in a URL", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer(), (text, number) => {
      const cursor = encodeCursor([text, number]);
      expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(decodeCursor(Position, cursor)).toEqual([text, number]);
    }),
  );
});

test("any other text is rejected as invalid_cursor, and never with another error", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.json().map(encodeCursor)),
      (text) => {
        try {
          decodeCursor(Position, text);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).code).toBe("invalid_cursor");
        }
      },
    ),
  );
});
