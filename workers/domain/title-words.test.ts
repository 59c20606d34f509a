import { expect, test } from "vitest";
import { wordTest } from "./title-words.ts";

test.each([
  ["cafe", ["Im Café"], true],
  ["CAFÉ im", ["Im Cafe"], true],
  ["harb sea", ["Sea", "harbour"], true],
  ["harbour river", ["Sea", "harbour"], false],
  ["東京", ["夜の東京タワー"], true],
  ["50%", ["50% off"], true],
  ["", ["anything"], true],
])("%j in %j: %s", (query, texts, expected) => {
  expect(wordTest(query)(texts)).toBe(expected);
});
