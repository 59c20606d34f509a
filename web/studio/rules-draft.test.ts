import { expect, test } from "vitest";
import { rulesDraftOf, rulesOf } from "./rules-draft.ts";

test.each([
  {},
  { countries: { allow: ["DE", "AT"] } },
  { countries: { deny: ["FR"] } },
  { origins: [] },
  { countries: { allow: ["CH"] }, origins: ["https://shop.example", "https://b.example:8443"] },
])("rules go through the form unchanged: %o", (rules) => {
  expect(rulesOf(rulesDraftOf(rules))).toEqual(rules);
});

test("two lists that the API was given are shown as the one that they come to", () => {
  const rules = { countries: { allow: ["DE", "AT"], deny: ["AT"] } };
  expect(rulesOf(rulesDraftOf(rules))).toEqual({ countries: { allow: ["DE"] } });
});

test("codes may be typed small, and pages given by their address", () => {
  expect(
    rulesOf({
      where: "except",
      countries: "de at,  fr",
      embedding: "only",
      origins: "https://shop.example/films?x, nonsense",
    }),
  ).toEqual({
    countries: { deny: ["DE", "AT", "FR"] },
    origins: ["https://shop.example", "nonsense"],
  });
});

test("what is not chosen is not sent, whatever stands in its field", () => {
  expect(
    rulesOf({ where: "everywhere", countries: "DE", embedding: "anywhere", origins: "x" }),
  ).toEqual({});
});
