import type { Video } from "../../workers/contract/video.ts";

/** What the form asks about a film; text as it is typed. */
export interface VideoDraft {
  title: string;
  description: string;
  category: Video["category"];
  /** Comma separated. */
  tags: string;
  /** Cast and crew, comma separated. */
  people: string;
  language: string;
  visibility: Video["visibility"];
}

export const EMPTY_DRAFT: VideoDraft = {
  title: "",
  description: "",
  category: "other",
  tags: "",
  people: "",
  language: "",
  visibility: "public",
};

const KEY = "kinora.draft";
const DRAFT_FILE_KEY = "kinora.draft.film";
const UPLOAD_KEY = "kinora.draft.upload";

/** The draft that a reload, a crash or a closed tab left behind. */
export function loadDraft(storage: Pick<Storage, "getItem"> = localStorage): VideoDraft {
  try {
    return { ...EMPTY_DRAFT, ...(JSON.parse(storage.getItem(KEY) ?? "{}") as Partial<VideoDraft>) };
  } catch {
    return EMPTY_DRAFT;
  }
}

export const saveDraft = (draft: VideoDraft): void =>
  localStorage.setItem(KEY, JSON.stringify(draft));
export const clearDraft = (): void => {
  localStorage.removeItem(KEY);
  localStorage.removeItem(DRAFT_FILE_KEY);
};

/** The film that the draft is for, once its upload has begun: it may end before the draft is published. */
export const loadDraftFile = (): string | null => localStorage.getItem(DRAFT_FILE_KEY);
export const saveDraftFile = (videoId: string): void =>
  localStorage.setItem(DRAFT_FILE_KEY, videoId);

/** The upload that a chosen file belongs to; `file` is Uppy's id of it. */
interface BegunUpload {
  file: string;
  uploadId: string;
  videoId: string;
}

/**
 * Kept at once, as the recovery plugin writes only twice a second: a small file has arrived before the record that it
 * keeps of that file names any upload.
 */
export const saveBegunUpload = (begun: BegunUpload): void =>
  localStorage.setItem(UPLOAD_KEY, JSON.stringify(begun));
export const clearBegunUpload = (): void => localStorage.removeItem(UPLOAD_KEY);

/** The upload that had begun for this file when the page was left; null when none had. */
export function loadBegunUpload(file: string): BegunUpload | null {
  try {
    const begun = JSON.parse(localStorage.getItem(UPLOAD_KEY) ?? "null") as BegunUpload | null;
    return begun?.file === file ? begun : null;
  } catch {
    return null;
  }
}

/** `dogs, Dogs , , cats` -> dogs, cats */
export function parseList(text: string): string[] {
  const seen = new Map<string, string>();
  for (const entry of text.split(",").map((part) => part.trim())) {
    if (entry && !seen.has(entry.toLowerCase())) seen.set(entry.toLowerCase(), entry);
  }
  return [...seen.values()];
}

/** The draft of a film that exists already. */
export const draftOf = (video: Video): VideoDraft => ({
  title: video.title,
  description: video.description,
  category: video.category,
  tags: video.tags.join(", "),
  people: video.people.join(", "),
  language: video.language ?? "",
  visibility: video.visibility,
});

/** The draft as the API takes it. */
export const patchOf = (draft: VideoDraft) => ({
  title: draft.title.trim(),
  description: draft.description.trim(),
  category: draft.category,
  tags: parseList(draft.tags),
  people: parseList(draft.people),
  language: draft.language || null,
  visibility: draft.visibility,
});
