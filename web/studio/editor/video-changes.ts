import type { Video, VideoPatch } from "../../../workers/contract/videos.ts";
import { t } from "../../i18n/translate.ts";
import type { VideoSection } from "../../site-paths.ts";
import { type RulesDraft, rulesDraftOf, rulesOf } from "../rules-draft.ts";
import { draftErrors, draftOf, patchOf, type VideoDraft } from "../upload-draft.ts";
import { isoOf, localOf } from "./local-time.ts";

/** All values of a video that are saved together, as edited in its tabs; text as typed. */
export interface VideoChanges {
  details: VideoDraft;
  rules: RulesDraft;
  downloadsEnabled: boolean;
  encrypted: boolean;
  alwaysEncode: boolean;
  /** In the time zone of the device; empty for never. */
  publishAt: string;
  unpublishAt: string;
  /** Whether its page is shown before it is published. */
  premiere: boolean;
}

export function changesOf(video: Video): VideoChanges {
  const { downloadsEnabled, encrypted, alwaysEncode, premiere } = video;
  const rules = rulesDraftOf(video.playbackRules ?? {});
  const schedule = { publishAt: localOf(video.publishAt), unpublishAt: localOf(video.unpublishAt) };
  const settings = { downloadsEnabled, encrypted, alwaysEncode, premiere };
  return { details: draftOf(video), rules, ...settings, ...schedule };
}

function wholePatch({
  details,
  rules,
  publishAt,
  unpublishAt,
  premiere,
  ...rest
}: VideoChanges): VideoPatch {
  const isPrivate = details.visibility === "private";
  // Fields that do not apply are hidden, even if something was typed before.
  const start = isPrivate ? isoOf(publishAt) : null;
  const end = isPrivate && start === null ? null : isoOf(unpublishAt);
  return {
    ...{ ...patchOf(details), playbackRules: rulesOf(rules), ...rest },
    ...{ publishAt: start, unpublishAt: end, premiere: premiere && start !== null },
  };
}

/**
 * The changes, in the form of `PATCH /v1/videos/{id}`. Unchanged values are left out: they may have changed elsewhere,
 * and setting the rules again would revoke the playback tokens of everyone who is watching.
 */
export function patchBetween(before: VideoChanges, after: VideoChanges): VideoPatch {
  const old: Record<string, unknown> = wholePatch(before);
  return Object.fromEntries(
    Object.entries(wholePatch(after)).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name]),
    ),
  );
}

/** Errors that can be found without the server, by field. */
export function changeErrors({ details, rules }: VideoChanges): Record<string, string> {
  const lacksCountries = rules.countryRule !== "all" && !/\w/.test(rules.countries);
  return {
    ...draftErrors(details),
    ...(lacksCountries && { countries: t("rules.codesMissing") }),
  };
}

const SECTION_OF_FIELD: Readonly<Record<string, VideoSection>> = {
  visibility: "access",
  downloadsEnabled: "access",
  encrypted: "access",
  countries: "access",
  origins: "access",
  publishAt: "access",
  unpublishAt: "access",
  premiere: "access",
  alwaysEncode: "processing",
  chapters: "chapters",
};

/** The tab that shows the errors of these fields; the details if several tabs do. */
export function sectionOf(fields: readonly string[]): "" | VideoSection {
  return fields.flatMap((field) => SECTION_OF_FIELD[field] ?? [])[0] ?? "";
}
