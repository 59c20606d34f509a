import { expect, test } from "vitest";
import { headTexts, pageLanguage } from "./page-language.ts";

test.each([
  ["", undefined, "en"],
  ["de-AT,de;q=0.9,en;q=0.8", undefined, "de"],
  ["fr, ar;q=0.4, en;q=0.7", undefined, "en"],
  ["fr,ar-EG;q=0.5", undefined, "ar"],
  ["de;q=0,ar;q=0.1", undefined, "ar"],
  ["*", undefined, "en"],
  ["de", "a=1; kinora.language=ar", "ar"],
  ["de", "kinora.language=xx; other.kinora.language=ar", "de"],
])("a browser with Accept-Language %j and cookies %j reads %s", (accepted, cookie, language) => {
  const headers = new Headers({ "accept-language": accepted, ...(cookie && { cookie }) });
  expect(pageLanguage({ headers })).toBe(language);
});

test("pages in several languages can be written concurrently", () => {
  const [english, german] = [headTexts("en"), headTexts("de")];
  const values = { title: "Gulls", site: "Kinora" };
  expect([english("head.video", values), german("head.video", values)]).toEqual([
    "Watch “Gulls” on Kinora.",
    "„Gulls“ auf Kinora ansehen.",
  ]);
  expect(headTexts("ar")("search.title")).toBe("بحث");
});
