import { afterEach, expect, test, vi } from "vitest";
import { keyOf } from "./shortcuts.ts";

type Pressed = Parameters<typeof keyOf>[0];

const NONE = { shiftKey: false, ctrlKey: false, altKey: false };

afterEach(() => vi.unstubAllGlobals());

test.each<[platform: string, pressed: Partial<Pressed> & Pick<Pressed, "key">, key: string]>([
  ["Linux x86_64", { key: "K" }, "k"],
  ["Linux x86_64", { key: "P", shiftKey: true }, "Shift+p"],
  ["Linux x86_64", { key: "?", shiftKey: true }, "?"],
  ["Linux x86_64", { key: "ArrowLeft", ctrlKey: true }, "Ctrl+ArrowLeft"],
  ["MacIntel", { key: "ArrowLeft", altKey: true }, "Ctrl+ArrowLeft"],
  // The browser's shortcut for going back.
  ["Win32", { key: "ArrowLeft", altKey: true }, ""],
  // The right Alt key of many keyboards.
  ["Win32", { key: "ArrowRight", ctrlKey: true, altKey: true }, ""],
])("on %s, %o is the key %j", (platform, pressed, key) => {
  vi.stubGlobal("navigator", { platform });
  expect(keyOf({ ...NONE, ...pressed })).toBe(key);
});
