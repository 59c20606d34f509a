import { expect, test } from "vitest";
import { bumpOf, nextVersion, readChange } from "./commits.ts";

const readAll = (messages: string[]) => messages.flatMap((message) => readChange(message) ?? []);

test("features, fixes and performance improvements are listed, and maintenance is not", () => {
  expect(readChange("feat(player): keep the chosen speed\n\nLike the volume.")).toEqual({
    group: "Added",
    text: "**player**: keep the chosen speed",
    isBreaking: false,
  });
  expect(readChange("fix: one port per process")).toMatchObject({
    group: "Fixed",
    text: "one port per process",
  });
  expect(readChange("perf(search): fewer reads")).toMatchObject({ group: "Changed" });
  expect(readAll(["docs: spelling", "test(api): more", "Not a conventional commit", ""])).toEqual(
    [],
  );
});

test.each([
  ["feat(api)!: grants are playback tokens", "Breaking: **api**: grants are playback tokens"],
  [
    "refactor(api): one vocabulary\n\nBREAKING CHANGE: the scope is\nplayback:token now",
    "Breaking: **api**: one vocabulary. the scope is playback:token now",
  ],
])("%s is listed as breaking", (message, text) => {
  expect(readChange(message)).toEqual({ group: "Changed", text, isBreaking: true });
});

test.each([
  ["1.4.2", ["fix: a"], "1.4.3"],
  ["1.4.2", ["fix: a", "feat: b"], "1.5.0"],
  ["1.4.2", ["feat: b", "chore!: c"], "2.0.0"],
  ["0.1.0", ["chore!: c"], "0.2.0"],
  ["0.1.9", ["docs: d"], "0.1.10"],
])("%s after %j is followed by %s", (current, messages, next) => {
  expect(nextVersion(current, bumpOf(readAll(messages), current))).toBe(next);
});

test("a given version must be valid and above the current one", () => {
  expect(nextVersion("0.9.0", "1.0.0")).toBe("1.0.0");
  expect(nextVersion("0.9.0", "0.10.0")).toBe("0.10.0");
  for (const wanted of ["0.9.0", "0.8.9", "1.0", "v1.0.0", "01.0.0", "next"])
    expect(() => nextVersion("0.9.0", wanted)).toThrow(wanted);
});
