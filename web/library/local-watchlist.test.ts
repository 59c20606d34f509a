import { expect, test } from "vitest";
import { clearLocalWatchlist, localWatchlist, setInLocalWatchlist } from "./local-watchlist.ts";

function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage;
}

test("the list contains each video once, newest first, and at most fifty", () => {
  const storage = memory();
  for (let index = 0; index < 60; index++) setInLocalWatchlist(`v${index}`, true, storage);
  setInLocalWatchlist("v20", true, storage);
  expect(localWatchlist(storage)).toHaveLength(50);
  expect(localWatchlist(storage).slice(0, 2)).toEqual(["v20", "v59"]);
  setInLocalWatchlist("v20", false, storage);
  expect(localWatchlist(storage)).not.toContain("v20");
  clearLocalWatchlist(storage);
  expect(localWatchlist(storage)).toEqual([]);
});

test.each(["nonsense", "{}", "[1,null]"])("a stored %s is treated as an empty list", (text) => {
  const storage = memory();
  storage.setItem("kinora.watchlist", text);
  expect(localWatchlist(storage)).toEqual([]);
});
