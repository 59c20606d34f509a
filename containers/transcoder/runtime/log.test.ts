import { expect, test } from "vitest";
import { errorWithCause } from "./log.ts";

test("the log has why a request failed, not only that it did", async () => {
  // Port 9 is one that fetch never asks.
  const error = await fetch("http://localhost:9").catch((reason: unknown) => reason);
  expect(errorWithCause(error)).toBe("TypeError: fetch failed: bad port");
  const refused = Object.assign(new AggregateError([]), { code: "ECONNREFUSED" });
  expect(errorWithCause(new TypeError("fetch failed", { cause: refused }))).toBe(
    "TypeError: fetch failed: ECONNREFUSED",
  );
  expect(errorWithCause(new Error("It is full."))).toBe("Error: It is full.");
});
