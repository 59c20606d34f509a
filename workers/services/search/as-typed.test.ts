import { beforeAll, expect, test } from "vitest";
import { find, publish, titles } from "../../../tests/support/worker/search.ts";

beforeAll(async () => {
  await publish(
    { title: "The Godfather Part II" },
    { title: "The Godfather", views: 1_000_000 },
    { title: "Part Two of Nothing", views: 1_000_000 },
    { title: "Rocky IV" },
    { title: "4", views: 1_000_000 },
    { title: "Fourth Four", views: 1_000_000 },
    { title: "Kill Bill: Volume 2" },
    { title: "Kill Bill: Volume 1", views: 1_000_000 },
    { title: "12 Angry Men" },
    { title: "Twenty-One Grams" },
    { title: "101 Dalmatians" },
    { title: "Nineteen Eighty-Four" },
    { title: "Henry VIII" },
    { title: "Mister Roberts" },
    { title: "Doctor Strangelove" },
    { title: "Saint Elmo's Fire" },
    { title: "Benny & Joon" },
    { title: "Rock 'n' Roll Nights" },
    { title: "I Love You Too" },
    { title: "The Color of Honour" },
    { title: "Theatre of Defence" },
    { title: "Moonwalker Returns" },
    { title: "Star Wars Returns" },
    { title: "Amadeus", tags: ["1984"] },
    { title: "I, Robot" },
    { title: "The Sting" },
    { title: "Nothing with a Number", description: "A sting in the tail of 12 tales." },
    { title: "Zulu Dawn", views: 10 },
    { title: "Seven Oceans 9", views: 1_000_000 },
    { title: "Gannets: Episode 3" },
    { title: "Mr. Pelican and St. Kilda" },
  );
});

test.each([
  ["godfather part 2", "The Godfather Part II"],
  ["godfather part two", "The Godfather Part II"],
  ["godfather pt 2", "The Godfather Part II"],
  ["godfather pt. ii", "The Godfather Part II"],
  ["rocky 4", "Rocky IV"],
  ["rocky four", "Rocky IV"],
  ["rocky4", "Rocky IV"],
  ["kill bill vol 2", "Kill Bill: Volume 2"],
  ["kill bill vol. ii", "Kill Bill: Volume 2"],
  ["kill bill volume two", "Kill Bill: Volume 2"],
  ["kill bill vol 1", "Kill Bill: Volume 1"],
  ["kill bill volume i", "Kill Bill: Volume 1"],
  ["twelve angry men", "12 Angry Men"],
  ["21 grams", "Twenty-One Grams"],
  ["one hundred and one dalmatians", "101 Dalmatians"],
  ["a hundred and one dalmatians", "101 Dalmatians"],
  ["1984", "Nineteen Eighty-Four"],
  ["henry the 8th", "Henry VIII"],
  ["henry the eighth", "Henry VIII"],
  ["henry 8", "Henry VIII"],
  ["mr roberts", "Mister Roberts"],
  ["dr. strangelove", "Doctor Strangelove"],
  ["st elmos fire", "Saint Elmo's Fire"],
  ["benny and joon", "Benny & Joon"],
  ["benny n joon", "Benny & Joon"],
  ["rock and roll nights", "Rock 'n' Roll Nights"],
  ["rock & roll nites", "Rock 'n' Roll Nights"],
  ["love u too", "I Love You Too"],
  ["the colour of honor", "The Color of Honour"],
  ["theater of defense", "Theatre of Defence"],
  ["moon walker returns", "Moonwalker Returns"],
  ["returns moon walker", "Moonwalker Returns"],
  ["returns of starwars", "Star Wars Returns"],
  ["1980s amadeus", "Amadeus"],
  ["amadeus eighties", "Amadeus"],
  ["i robot", "I, Robot"],
  ["gannets ep 3", "Gannets: Episode 3"],
  ["gannets ep. iii", "Gannets: Episode 3"],
  ["gannets third episode", "Gannets: Episode 3"],
  ["mister pelican", "Mr. Pelican and St. Kilda"],
  ["pelican & saint kilda", "Mr. Pelican and St. Kilda"],
  ["sting", "The Sting"],
])("%j finds %s first", async (query, title) => {
  expect(titles(await find(query))[0]).toBe(title);
});

test.each([
  ["zulu dawn 7", "Zulu Dawn"],
  ["zulu dawn part 7", "Zulu Dawn"],
  ["zulu vol ix", "Zulu Dawn"],
])(
  "if no video has all of %j, the one that lacks only the number comes first",
  async (query, title) => {
    expect(titles(await find(query))[0]).toBe(title);
  },
);

test("a word that is a number in another language stays a word", async () => {
  expect(titles(await find("i love"))).toEqual(["I Love You Too"]);
});

test("a number in another spelling is marked in results", async () => {
  const [item] = (await find("21 grams")).items;
  expect(item?.highlights.title).toEqual([
    [0, 6],
    [7, 10],
    [11, 16],
  ]);
});

test("a match through an equivalent spelling is not reported as a correction", async () => {
  expect((await find("rocky 4 ")).didYouMean).toBeNull();
});
