import { expect, test } from "vitest";
import { AccessTokens } from "./access-token.ts";
import { browserStorage } from "./browser-storage.ts";
import { storedPosition, storePosition } from "./player/opening/resume.ts";

test("an embedded player without access to storage still plays", () => {
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get: () => {
      throw new DOMException("Access is denied for this document.", "SecurityError");
    },
  });
  expect(browserStorage().getItem("x")).toBeNull();
  storePosition("video", 100, 1000, true);
  expect(storedPosition("video")).toBe(0);
  expect(new AccessTokens(() => Promise.reject(new Error("none"))).signedIn).toBe(false);
});
