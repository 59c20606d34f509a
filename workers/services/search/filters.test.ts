import { expect, test } from "vitest";
import {
  caption,
  creator,
  cue,
  find,
  publish,
  titles,
} from "../../../tests/support/worker/search.ts";

test("a video is found by each of its tags, even those that its card has no room for", async () => {
  const tags = Array.from({ length: 30 }, (_, i) => `${"長".repeat(48)}${i + 10}`);
  await publish({ title: "Thoroughly Tagged", tags });
  for (const tag of [tags[0], tags[29]])
    expect(titles(await find("thoroughly tagged", { tag }))).toEqual(["Thoroughly Tagged"]);
  expect(titles(await find("thoroughly tagged", { tag: "short" }))).toEqual([]);
});

test("a language is found by each beginning of its tag", async () => {
  const description = "An okapi.";
  await publish({ description, language: "zh-Hant-TW" }, { description, language: "zh" });
  for (const [language, found] of [
    ["zh", 2],
    ["zh-Hant", 1],
    ["zh-hant-tw", 1],
    ["zh-Hans", 0],
  ] as const)
    expect(titles(await find("okapi ", { language }))).toHaveLength(found);
});

test("a creator filter without letters finds no videos", async () => {
  for (const creator of ["\0", '"', "\0\0 OR "])
    expect((await find("", { creator })).items).toEqual([]);
});

test("a creator filter finds only that creator's videos, even if another id differs only by case", async () => {
  const ownerId = `Kea${await creator("Kea Kaka")}`;
  const others = [ownerId.toLowerCase(), ownerId.toUpperCase(), await creator("Kea Kaka")];
  const videos = (owner: string) =>
    ["Takahe One", "Takahe Two"].map((title) => ({ title, ownerId: owner }));
  const own = await publish(...videos(ownerId));
  await publish(...others.flatMap(videos));
  for (const q of ["", "takahe ", "takahe one"]) {
    const { items, total } = await find(q, { creator: ownerId });
    const ids = items.map((item) => item.video.id);
    expect(ids.toSorted()).toEqual((q === "takahe one" ? own.slice(0, 1) : own).toSorted());
    expect(total).toEqual({ value: ids.length, relation: "eq" });
  }
});

test("the captions filter finds only videos with captions", async () => {
  const [captioned = ""] = await publish({ title: "Weka Spoken" }, { title: "Weka Silent" });
  expect(titles(await find("weka ", { captions: "true" }))).toEqual([]);
  await caption(captioned, [cue(0, "None of the title.")]);
  for (const q of ["weka ", ""])
    expect(titles(await find(q, { captions: "true" }))).toEqual(["Weka Spoken"]);
  expect(titles(await find("weka ", { captions: "false" }))).toHaveLength(2);
});

test("facets count creators, by name, and durations", async () => {
  const many = await creator("Ruru Many");
  const few = await creator("Ruru Few");
  const description = "A morepork.";
  await publish(
    ...[0, 599, 600].map((duration) => ({ description, duration, ownerId: many })),
    ...[2399, 2400].map((duration) => ({ description, duration, ownerId: few })),
  );
  const { facets } = await find("morepork ");
  expect(facets.creator).toEqual([
    { value: many, name: "Ruru Many", count: 3 },
    { value: few, name: "Ruru Few", count: 2 },
  ]);
  expect(facets.duration).toEqual([
    { value: "0-10", count: 2 },
    { value: "10-40", count: 2 },
    { value: "40-", count: 1 },
  ]);
  const longest = await find("morepork ", { minDuration: 2400 });
  expect(longest.facets.creator).toEqual([{ value: few, name: "Ruru Few", count: 1 }]);
});
