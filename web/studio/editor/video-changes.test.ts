import { expect, test } from "vitest";
import type { RulesDraft } from "../rules-draft.ts";
import { EMPTY_DRAFT } from "../upload-draft.ts";
import { changeErrors, patchBetween, sectionOf, type VideoChanges } from "./video-changes.ts";

const saved: VideoChanges = {
  details: { ...EMPTY_DRAFT, title: "Harbour", tags: "sea, boats" },
  rules: { countryRule: "all", countries: "", embedding: "anywhere", origins: "" },
  downloadsEnabled: false,
  encrypted: false,
  alwaysEncode: false,
  publishAt: "",
  unpublishAt: "",
  premiere: false,
};
const withRules = (rules: Partial<RulesDraft>): VideoChanges => ({
  ...saved,
  rules: { ...saved.rules, ...rules },
});

test("only changed fields are sent, from every tab", () => {
  expect(patchBetween(saved, saved)).toEqual({});
  const details = { ...saved.details, title: "Harbour at night" };
  expect(patchBetween(saved, { ...saved, details, downloadsEnabled: true })).toEqual({
    title: "Harbour at night",
    downloadsEnabled: true,
  });
  expect(patchBetween(saved, withRules({ countryRule: "deny", countries: "de" }))).toEqual({
    playbackRules: { countries: { deny: ["DE"] } },
  });
});

test("text with the same meaning is not a change", () => {
  const details = { ...saved.details, title: "Harbour ", tags: "sea,boats, Sea" };
  expect(patchBetween(saved, { ...saved, details })).toEqual({});
});

test("a publishing time is sent only if it applies", () => {
  const planned = { ...saved, publishAt: "2030-01-01T10:00", unpublishAt: "2030-02-01T10:00" };
  expect(Object.keys(patchBetween(saved, planned))).toEqual(["unpublishAt"]);
  const details = { ...saved.details, visibility: "private" as const };
  expect(patchBetween(saved, { ...saved, details, premiere: true })).toEqual({
    visibility: "private",
  });
  const hidden = { ...planned, details };
  expect(patchBetween(saved, hidden)).toEqual({
    visibility: "private",
    publishAt: new Date("2030-01-01T10:00").toISOString(),
    unpublishAt: new Date("2030-02-01T10:00").toISOString(),
  });
  expect(patchBetween(hidden, planned)).toEqual({ visibility: "public", publishAt: null });
});

test("a missing value is reported at its field and on the tab that contains it", () => {
  const untitled = { ...saved, details: { ...saved.details, title: " " } };
  expect(changeErrors(untitled)).toEqual({ title: "Enter a title." });
  expect(sectionOf(["title"])).toBe("");
  const nowhere = withRules({ countryRule: "allow", countries: " , " });
  expect(changeErrors(nowhere)).toEqual({ countries: "Enter at least one country code." });
  expect(sectionOf(["0", "allow", "countries"])).toBe("access");
  expect(changeErrors(saved)).toEqual({});
});
