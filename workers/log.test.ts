import { DrizzleQueryError } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { log } from "./log.ts";

test("an error is logged with its cause and without the values of a failed query", () => {
  const lines = vi.spyOn(console, "error").mockImplementation(() => {});
  const locked = new Error("D1_ERROR: database is locked");
  const error = new DrizzleQueryError(
    "update digests set x = ?",
    ["ada@example.com\nlane 4"],
    locked,
  );
  log("sweep.failed", { step: "digests", error: new Error("The step failed.", { cause: error }) });
  const [line] = lines.mock.calls.map(([text]) => JSON.parse(String(text)) as { error: string });
  lines.mockRestore();
  expect(line?.error.split("\n")).toEqual([
    "Error: The step failed.",
    "Cause: Error: Failed query: update digests set x = ?",
    "Cause: Error: D1_ERROR: database is locked",
  ]);
});
