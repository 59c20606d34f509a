import { browserStorage, type KeyValueStorage } from "../../browser-storage.ts";
import { EMPTY_DRAFT, type VideoDraft } from "../upload-draft.ts";

/** The initial details of every new file. */
export interface UploadDefaults extends Pick<
  VideoDraft,
  "visibility" | "category" | "tags" | "language"
> {
  playlistId: string | null;
  encrypted: boolean;
  alwaysEncode: boolean;
}

const STORAGE_KEY = "kinora.upload-defaults";

const INITIAL: UploadDefaults = {
  visibility: EMPTY_DRAFT.visibility,
  category: EMPTY_DRAFT.category,
  tags: EMPTY_DRAFT.tags,
  language: EMPTY_DRAFT.language,
  playlistId: null,
  encrypted: false,
  alwaysEncode: false,
};

/** The defaults of the last time. */
export function loadDefaults(
  storage: Pick<KeyValueStorage, "getItem"> = browserStorage(),
): UploadDefaults {
  try {
    const stored = JSON.parse(storage.getItem(STORAGE_KEY) ?? "{}") as Partial<UploadDefaults>;
    return { ...INITIAL, ...stored };
  } catch {
    return INITIAL;
  }
}

export function saveDefaults(defaults: UploadDefaults): void {
  browserStorage().setItem(STORAGE_KEY, JSON.stringify(defaults));
}
