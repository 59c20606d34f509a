import type { BulkEdit } from "../../workers/contract/bulk-edit.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { parseList } from "./upload-draft.ts";

export const BULK_ACTIONS = [
  "visibility",
  "category",
  "language",
  "addTags",
  "removeTags",
  "playlist",
  "downloads",
  "delete",
] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** The values of the bar's fields, for any action. */
export interface BulkValues {
  visibility: Video["visibility"];
  category: Video["category"];
  /** BCP 47; empty to have none. */
  language: string;
  /** Comma-separated. */
  tags: string;
  /** Empty until one is chosen. */
  playlistId: string;
  downloads: boolean;
}

export const FIRST_VALUES: BulkValues = {
  visibility: "private",
  category: "other",
  language: "",
  tags: "",
  playlistId: "",
  downloads: true,
};

/** The edit in the form that the API accepts; null while something is missing. */
export function editOf(action: BulkAction, values: BulkValues): BulkEdit["edit"] | null {
  const tags = parseList(values.tags);
  switch (action) {
    case "visibility":
      return { kind: "change", visibility: values.visibility };
    case "category":
      return { kind: "change", category: values.category };
    case "language":
      return { kind: "change", language: values.language || null };
    case "addTags":
      return tags.length > 0 ? { kind: "tags", add: tags, remove: [] } : null;
    case "removeTags":
      return tags.length > 0 ? { kind: "tags", add: [], remove: tags } : null;
    case "playlist":
      return values.playlistId ? { kind: "playlist", playlistId: values.playlistId } : null;
    case "downloads":
      return { kind: "change", downloadsEnabled: values.downloads };
    case "delete":
      return { kind: "delete" };
  }
}
