import type { CaptionStream } from "../../../workers/contract/source.ts";
import { trackLabel } from "../../../workers/domain/captions/caption-tracks.ts";

/** A language's name in itself; undefined for an unknown one. @param language BCP 47 */
function languageName(language: string | null): string | undefined {
  if (language === null || language === "und") return undefined;
  return new Intl.DisplayNames([language], { type: "language" }).of(language);
}

/** The name of an audio or caption track: its title, or else its language, or else its number. */
export function trackName(title: string | null, language: string | null, position: number): string {
  return title || languageName(language) || `Track ${position + 1}`;
}

/** The name of a caption track: without a title, its language and kind. */
export function captionName(
  { title, language, kind = "subtitles" }: CaptionStream,
  position: number,
): string {
  return title === null && language !== null
    ? trackLabel({ language, kind })
    : trackName(title, language, position);
}
