import { expect, test } from "vitest";
import { chooseHero, isHeroQuality } from "./hero.ts";

const video = (id: string, width: number | null, height: number | null, posterPath = "p.jpg") => ({
  ...{ id, width, height, posterPath },
});

test.each([
  [1280, 720, true],
  [1920, 1080, true],
  // Wide films have fewer lines at the same width.
  [1280, 536, true],
  [960, 720, true],
  [640, 360, false],
  [1279, 536, false],
  // A portrait image would be cropped to a strip.
  [1080, 1920, false],
  [null, null, false],
])("a poster of %s x %s may be featured on the home page: %s", (width, height, isGood) => {
  expect(isHeroQuality(video("a", width, height))).toBe(isGood);
});

test("a video without a poster is never featured", () => {
  expect(isHeroQuality({ ...video("a", 1920, 1080), posterPath: null })).toBe(false);
});

test("the hero is the first suitable video that is not started, else a finished one, else none", () => {
  const candidates = [video("small", 320, 180), video("a", 1280, 720), video("b", 1280, 720)];
  const chosen = (started: string[], finished: string[]) =>
    chooseHero(candidates, new Set(started), new Set(finished))?.id ?? null;
  expect(chosen([], [])).toBe("a");
  expect(chosen(["a"], [])).toBe("b");
  expect(chosen(["a", "b"], ["b"])).toBe("b");
  expect(chosen(["a", "b"], [])).toBeNull();
});
