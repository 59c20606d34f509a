import { expect, test } from "vitest";
import { rulesDraftOf, rulesOf } from "./rules-draft.ts";

test.each([
  {},
  { countries: { allow: ["DE", "AT"] } },
  { countries: { deny: ["FR"] } },
  { origins: [] },
  { countries: { allow: ["CH"] }, origins: ["https://shop.example", "https://b.example:8443"] },
])("the form keeps rules that it does not edit: %o", (rules) => {
  expect(rulesOf(rulesDraftOf(rules))).toEqual(rules);
});

test("allowed and denied countries together are shown as the countries that remain", () => {
  const rules = { countries: { allow: ["DE", "AT"], deny: ["AT"] } };
  expect(rulesOf(rulesDraftOf(rules))).toEqual({ countries: { allow: ["DE"] } });
});

test("lower-case country codes and whole URLs are accepted", () => {
  expect(
    rulesOf({
      countryRule: "deny",
      countries: "de at,  fr",
      embedding: "allow",
      origins: "https://shop.example/videos?x, nonsense",
    }),
  ).toEqual({
    countries: { deny: ["DE", "AT", "FR"] },
    origins: ["https://shop.example", "nonsense"],
  });
});

test("the text of an inactive field is not sent", () => {
  expect(
    rulesOf({ countryRule: "all", countries: "DE", embedding: "anywhere", origins: "x" }),
  ).toEqual({});
});
