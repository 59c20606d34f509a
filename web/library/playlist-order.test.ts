import { expect, test } from "vitest";
import type { PlaylistItem } from "../../workers/contract/playlists.ts";
import { movedTo } from "./playlist-order.ts";

/** Items such as `a1.1`: video, season, episode. */
const items = (text: string): PlaylistItem[] =>
  text.split(" ").map((word) => {
    const [id, season, episode] = [word[0], Number(word[1]), Number(word.slice(3))];
    return { video: { id }, season, episode } as unknown as PlaylistItem;
  });
const text = (list: PlaylistItem[]): string =>
  list.map(({ video, season, episode }) => `${video.id}${season}.${episode}`).join(" ");

test.each([
  ["to the front", "a0.1 b0.2 c0.3", "c", 0, "c0.1 a0.2 b0.3"],
  ["to the end", "a0.1 b0.2 c0.3", "a", 2, "b0.1 c0.2 a0.3"],
  ["nowhere", "a0.1 b0.2 c0.3", "b", 1, "a0.1 b0.2 c0.3"],
  ["beyond the end", "a0.1 b0.2", "a", 5, "a0.1 b0.2"],
  ["into the next season", "a1.1 b1.2 c2.1", "b", 2, "a1.1 c2.1 b2.2"],
  ["into the season before", "a1.1 b2.1 c2.2", "b", 0, "b1.1 a1.2 c2.1"],
])("a video is moved %s", (_, before, id, index, after) => {
  expect(text(movedTo(items(before), id, index))).toBe(after);
});
