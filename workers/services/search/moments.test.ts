import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { catalog, runBatch } from "../../db/client.ts";
import { removeCaptions } from "../../db/captions.ts";
import { indexVideos } from "../../jobs/search/index-video.ts";
import { SearchQuery, type SearchResult } from "../../contract/search.ts";
import { windowTexts } from "../../domain/search/cue-windows.ts";
import { searchVideos } from "./search.ts";
import { caption, cue, find, publish } from "../../../tests/support/worker/search.ts";

test("a phrase in the captions finds the video and the start time of its cue", async () => {
  const [id = ""] = await publish({
    title: "Quiet Harbour",
    description: "None of the words of the captions.",
  });
  await caption(id, [
    cue(2, "Good morning."),
    cue(3725.5, "We shall need a bigger\nzeppelin, captain."),
    cue(3800, "Goodbye."),
  ]);
  for (const query of ["bigger zeppelin ", '"need a bigger zeppelin"']) {
    const [item] = (await find(query)).items;
    expect(item?.video.title).toBe("Quiet Harbour");
    expect(item?.moments[0]).toMatchObject({
      start: 3725.5,
      text: "We shall need a bigger zeppelin, captain.",
    });
  }
  const moment = (await find("zeppelin ")).items[0]?.moments[0];
  expect(moment?.marks.map(([start, end]) => moment.text.slice(start, end))).toEqual(["zeppelin"]);
});

test("captions are found and shown without their markup", async () => {
  const [id = ""] = await publish({ title: "Marked Up", description: "None of it." });
  await caption(id, [
    cue(5, "<v Quartermaster>We <i>never</i> hoist&nbsp;bluebottles &amp; sails"),
    cue(60, "Goodbye."),
  ]);
  const [item] = (await find('"never hoist bluebottles and sails"')).items;
  expect(item?.moments[0]?.text).toBe("We never hoist bluebottles & sails");
  expect((await find("quartermaster ")).items).toEqual([]);
});

test("an exclusion also holds for videos found by their captions", async () => {
  const [id = ""] = await publish({ title: "Silent Harbour" });
  await caption(id, [cue(2, "An ornithopter!")]);
  expect((await find("ornithopter ")).items).toHaveLength(1);
  expect((await find("ornithopter -harbour")).items).toHaveLength(0);
});

test("the best moment of each video comes first, not the earliest", async () => {
  const talk = (from: number, text: string) =>
    Array.from({ length: 160 }, (_, i) => cue(from + i * 45, text));
  const [long = "", short = ""] = await publish(
    { title: "Long Talk", views: 1000 },
    { title: "Short Talk" },
  );
  await caption(long, talk(1, "The gyroscope spins."));
  await caption(short, [
    cue(1, "A gyroscope."),
    cue(4, "Which one is mine?"),
    cue(300, "This is my"),
    cue(303, "gyroscope, mine alone."),
  ]);
  const { items } = await find("gyroscope mine ");
  expect(items[0]?.moments[0]?.start).toBe(303);
  const both = await find("gyroscope ");
  expect(both.items.map((item) => item.moments.length)).toEqual([3, 2]);
  // The phrase begins in one cue and ends in the next.
  expect((await find('"my gyroscope"')).items[0]?.moments[0]?.start).toBe(300);
});

test("removed captions are no longer found", async () => {
  const [id = ""] = await publish({ title: "Silent Again" });
  const row = await caption(id, [cue(1, "Marmalade sandwiches")]);
  expect((await find("marmalade sandwiches ")).items).toHaveLength(1);
  await runBatch(catalog(env), removeCaptions(catalog(env), row, Date.now()));
  await indexVideos(env, [id]);
  expect((await find("marmalade sandwiches ")).items).toHaveLength(0);
});

/** Searches while R2 responds as `get` decides. */
function findWith(q: string, get: (key: string) => Promise<unknown>): Promise<SearchResult> {
  return searchVideos(
    { ...env, MEDIA: { get } as unknown as R2Bucket },
    SearchQuery.parse({ q, limit: 48 }),
    null,
  );
}

test("every match in captions has its time, read from one caption file per video", async () => {
  const silent = Array.from({ length: 20 }, (_, i) => ({ title: `Silent ${i}` }));
  const ids = await publish(...silent);
  for (const [i, id] of ids.entries()) {
    await caption(id, [cue(1, "Guten Tag.")], "de");
    await caption(id, [cue(100 + i, "A theremin plays."), cue(200, "Theremin!")], "en");
  }
  let reads = 0;
  const { items } = await findWith("theremin ", (key: string) => {
    reads++;
    return env.MEDIA.get(key);
  });
  expect(items).toHaveLength(20);
  for (const { video, moments } of items)
    expect(moments[0]?.start).toBe(100 + ids.indexOf(video.id));
  expect(reads).toBe(20);
});

test("if captions are unreadable or too large, a moment starts at its indexed window", async () => {
  const [id = ""] = await publish({ title: "Unread" });
  await caption(id, [cue(100, "An astrolabe.")]);
  const start = { start: 90, text: "", marks: [] };
  const away = await findWith("astrolabe ", () => Promise.reject(new Error("unavailable")));
  expect(away.items[0]?.moments).toEqual([start]);
  const large = await findWith("astrolabe ", async (key: string) => {
    const object = await env.MEDIA.get(key);
    return object && { ...object, size: 9e6, body: object.body };
  });
  expect(large.items[0]?.moments).toEqual([start]);
  expect((await find("astrolabe ")).items[0]?.moments[0]).toMatchObject({ start: 100 });
});

test("if more videos match in their captions than are read, the total is a lower bound", async () => {
  const ids = await publish(...Array.from({ length: 61 }, (_, i) => ({ title: `Mute ${i}` })));
  for (const id of ids) await caption(id, [cue(1, "Ocarina.")]);
  const { total, facets } = await find("ocarina ");
  expect(total).toEqual({ value: 60, relation: "gte" });
  expect(facets.approximate).toBe(true);
});

test("words that span two caption windows are found together", () => {
  const texts = windowTexts([cue(40, "luke I am"), cue(45.2, "your father")]);
  expect(texts).toEqual(["luke i am", "luke i am your father"]);
  // Variants of a word do not break a phrase, even across cues.
  const [one] = windowTexts([cue(1, "a well-known"), cue(5, "face")]);
  expect(one).toBe("a well known face ¤ wellknown");
});

test("captions of a private video are never found", async () => {
  const [id = ""] = await publish({ title: "Diary", visibility: "private" });
  await caption(id, [cue(1, "Confidential walrus")]);
  expect((await find("confidential walrus ")).items).toHaveLength(0);
});

test("a word in captions is found while it is being typed, and despite a typo", async () => {
  const [id = ""] = await publish({ title: "Picnic by the Lake", description: "A summer day." });
  await caption(id, [cue(61, "Look, a kingfisher on the jetty!")]);
  for (const query of ["kingfi", "kingfihser"]) {
    const [item] = (await find(query)).items;
    expect(item?.video.id).toBe(id);
    expect(item?.moments[0]?.start).toBe(61);
  }
});
