import type { CaptionKind } from "../../../workers/contract/caption-kinds.ts";
import type { CaptionOrigin } from "../../../workers/contract/captions.ts";
import { spokenLanguage } from "../../../workers/domain/captions/caption-languages.ts";
import { languageName } from "../../format.ts";
import { type PlainKey, t } from "../../i18n/translate.ts";

export const CAPTION_KINDS = ["subtitles", "captions", "descriptions", "forced"] as const;

export const KIND_NAMES: Readonly<Record<CaptionKind, PlainKey>> = {
  subtitles: "captions.subtitles",
  captions: "captions.captions",
  descriptions: "captions.descriptions",
  forced: "captions.forced",
};

interface NamedTrack {
  language: string;
  kind: CaptionKind;
  origin?: CaptionOrigin;
  label?: string;
}

/**
 * The name of a track on the page: `English`, `English (automatic)`, `German (forced)`. Further tracks of a kind have the
 * names that the file gives them.
 */
export function captionName({ language, kind, origin, label }: NamedTrack): string {
  const { spoken, number } = spokenLanguage(language);
  if (number > 1 && label !== undefined) return label;
  const name = languageName(spoken);
  if (origin === "automatic") return t("captions.automaticTrack", { language: name });
  return kind === "subtitles"
    ? name
    : t("captions.trackOfKind", { language: name, kind: t(KIND_NAMES[kind]) });
}
