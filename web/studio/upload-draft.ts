import type { MaturityRating } from "../../workers/contract/maturity-ratings.ts";
import { isBlank } from "../../workers/contract/unseen-text.ts";
import type { Video, VideoPatch } from "../../workers/contract/videos.ts";
import { t } from "../i18n/translate.ts";

/** The details form of a video; text as typed. */
export interface VideoDraft {
  title: string;
  description: string;
  category: Video["category"];
  /** Comma-separated. */
  tags: string;
  /** Cast and crew, comma-separated. */
  people: string;
  language: string;
  /** Empty while it is not rated. */
  maturityRating: MaturityRating | "";
  visibility: Video["visibility"];
}

export const EMPTY_DRAFT: VideoDraft = {
  title: "",
  description: "",
  category: "other",
  tags: "",
  people: "",
  language: "",
  maturityRating: "",
  visibility: "public",
};

/** Splits at commas and removes duplicates: `dogs, Dogs , , cats` -> dogs, cats */
export function parseList(text: string): string[] {
  const items = new Map<string, string>();
  for (const item of text.split(",").map((part) => part.trim())) {
    if (item && !items.has(item.toLowerCase())) items.set(item.toLowerCase(), item);
  }
  return [...items.values()];
}

/** The draft with which an existing video is edited. */
export function draftOf(video: Video): VideoDraft {
  return {
    title: video.title,
    description: video.description,
    category: video.category,
    tags: video.tags.join(", "),
    people: video.people.join(", "),
    language: video.language ?? "",
    maturityRating: video.maturityRating ?? "",
    visibility: video.visibility,
  };
}

/** Errors of a draft that can be found without the server, by field. */
export function draftErrors(draft: VideoDraft): Record<string, string> {
  return isBlank(draft.title) ? { title: t("details.titleMissing") } : {};
}

/** The draft as `PATCH /v1/videos/{id}` takes it. */
export function patchOf(draft: VideoDraft): VideoPatch {
  return {
    title: draft.title.trim(),
    description: draft.description.trim(),
    category: draft.category,
    tags: parseList(draft.tags),
    people: parseList(draft.people),
    language: draft.language || null,
    maturityRating: draft.maturityRating || null,
    visibility: draft.visibility,
  };
}
