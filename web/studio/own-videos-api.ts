import type { BulkEdit } from "../../workers/contract/bulk-edit.ts";
import { abortable, body, v1 } from "../api-call.ts";

export const editVideos = async (ids: string[], edit: BulkEdit["edit"]) =>
  (await body(v1.videos.bulk.$post({ json: { ids, edit } }))).items;
/** The account's videos made from the file, checked before it is uploaded. */
export const findDuplicates = async (fingerprint: string, size: number) =>
  (await body(v1.duplicates.$get({ query: { fingerprint, size: String(size) } }))).items;
/** The other videos of the account whose uploaded file has the same content. */
export const listDuplicates = async (id: string, signal?: AbortSignal) =>
  (await body(v1.videos[":id"].duplicates.$get({ param: { id } }, abortable(signal)))).items;
