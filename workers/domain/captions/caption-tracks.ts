import { CaptionKind } from "../../contract/caption-kinds.ts";
import { PRIVATE_USE, spokenLanguage } from "./caption-languages.ts";

/** A track of a video, which has one of each kind in each language, or several with a number. */
export interface TrackName {
  /** BCP 47. The second track of a kind in English has `en-x-2` (`numberedLanguage`). */
  language: string;
  kind: CaptionKind;
}

/** What follows the language in the tag of a track that is not subtitles: subtags for private use (BCP 47, 2.2.7). */
const SUBTAGS: Readonly<Record<Exclude<CaptionKind, "subtitles">, string>> = {
  captions: "captions",
  descriptions: "descript",
  forced: "forced",
};

/**
 * The tag under which a track is stored: `en` for subtitles, `en-x-forced` for forced ones. The catalogue knew one track per
 * language, whose primary key is the language; older Workers read such a tag as a language like any other.
 */
export function trackTag({ language, kind }: TrackName): string {
  if (kind === "subtitles") return language;
  return `${language}${language.includes(PRIVATE_USE) ? "-" : PRIVATE_USE}${SUBTAGS[kind]}`;
}

/** The track that has a tag. */
export function trackOf(tag: string): TrackName {
  const subtag = tag.slice(tag.lastIndexOf("-") + 1);
  const kind = CaptionKind.options.find(
    (option) => option !== "subtitles" && SUBTAGS[option] === subtag,
  );
  if (!kind || !tag.includes(PRIVATE_USE)) return { language: tag, kind: "subtitles" };
  return { language: tag.slice(0, -subtag.length - 1).replace(/-x$/, ""), kind };
}

/** The addition to the language in a track's label. All players show it, so it is short. */
const SUFFIXES: Readonly<Record<CaptionKind, string>> = {
  subtitles: "",
  captions: "CC",
  descriptions: "descriptions",
  forced: "forced",
};

/** Name of a track, as players list it: `Deutsch`, `English (CC)`, `English (2)`, `English (automatic)`. */
export function trackLabel({ language, kind }: TrackName, isAutomatic = false): string {
  const { spoken, number } = spokenLanguage(language);
  const name = new Intl.DisplayNames([spoken], { type: "language" }).of(spoken) ?? spoken;
  const suffixes = [
    ...(number > 1 ? [String(number)] : []),
    isAutomatic ? "automatic" : SUFFIXES[kind],
  ].filter((suffix) => suffix !== "");
  return [name, ...suffixes.map((suffix) => `(${suffix})`)].join(" ");
}

/** The names, those that occur again with a number: players list tracks by their names alone. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let number = 2; taken.has(unique); number += 1) unique = `${name} (${number})`;
    taken.add(unique);
    return unique;
  });
}

/** Whether a track transcribes the speech: tracks of other kinds do not count as captions of the video. */
export const hasDialogue = ({ kind }: TrackName): boolean =>
  kind === "subtitles" || kind === "captions";
