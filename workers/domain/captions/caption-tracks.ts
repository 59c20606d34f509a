import { CaptionKind } from "../../contract/caption-kinds.ts";

/** A track of a video: it has one of each kind in each language. */
export interface TrackName {
  /** BCP 47. */
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
  return kind === "subtitles" ? language : `${language}-x-${SUBTAGS[kind]}`;
}

/** The track that has a tag. */
export function trackOf(tag: string): TrackName {
  const at = tag.indexOf("-x-");
  const subtag = tag.slice(at + "-x-".length);
  const kind = CaptionKind.options.find(
    (option) => option !== "subtitles" && SUBTAGS[option] === subtag,
  );
  return at > 0 && kind
    ? { language: tag.slice(0, at), kind }
    : { language: tag, kind: "subtitles" };
}

/** The addition to the language in a track's label. All players show it, so it is short. */
const SUFFIXES: Readonly<Record<CaptionKind, string>> = {
  subtitles: "",
  captions: "CC",
  descriptions: "descriptions",
  forced: "forced",
};

/** Name of a track, as players list it: `Deutsch`, `English (CC)`, `English (automatic)`. */
export function trackLabel({ language, kind }: TrackName, isAutomatic = false): string {
  const name = new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
  const suffix = isAutomatic ? "automatic" : SUFFIXES[kind];
  return suffix === "" ? name : `${name} (${suffix})`;
}

/** Whether a track transcribes the speech: tracks of other kinds do not count as captions of the video. */
export const hasDialogue = ({ kind }: TrackName): boolean =>
  kind === "subtitles" || kind === "captions";
