import type { MaturityRating } from "../../workers/contract/maturity-ratings.ts";
import type { Video, VideoPatch } from "../../workers/contract/videos.ts";

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

const DRAFT_KEY = "kinora.draft";
const VIDEO_KEY = "kinora.draft.video";
const UPLOAD_KEY = "kinora.draft.upload";

/** The draft that survived a reload, a crash or a closed tab. */
export function loadDraft(storage: Pick<Storage, "getItem"> = localStorage): VideoDraft {
  try {
    return {
      ...EMPTY_DRAFT,
      ...(JSON.parse(storage.getItem(DRAFT_KEY) ?? "{}") as Partial<VideoDraft>),
    };
  } catch {
    return EMPTY_DRAFT;
  }
}

export function saveDraft(draft: VideoDraft): void {
  localStorage.setItem(DRAFT_KEY, JSON.stringify(draft));
}
export function clearDraft(): void {
  localStorage.removeItem(DRAFT_KEY);
  localStorage.removeItem(VIDEO_KEY);
}

/** Id of the draft's video, known once its upload has started. The upload may end before the draft is published. */
export const loadDraftVideo = (): string | null => localStorage.getItem(VIDEO_KEY);
export const saveDraftVideo = (videoId: string): void => localStorage.setItem(VIDEO_KEY, videoId);

interface StartedUpload {
  /** Uppy's id of the file. */
  fileId: string;
  uploadId: string;
  videoId: string;
}

/**
 * Stored at once, because the recovery plugin writes only twice a second: a small file can be uploaded before the
 * plugin has stored which upload the file belongs to.
 */
export function saveStartedUpload(upload: StartedUpload): void {
  localStorage.setItem(UPLOAD_KEY, JSON.stringify(upload));
}
export const clearStartedUpload = (): void => localStorage.removeItem(UPLOAD_KEY);

/** The upload that had started for this file before the reload, or null. */
export function loadStartedUpload(fileId: string): StartedUpload | null {
  try {
    const upload = JSON.parse(localStorage.getItem(UPLOAD_KEY) ?? "null") as StartedUpload | null;
    return upload?.fileId === fileId ? upload : null;
  } catch {
    return null;
  }
}

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
