import type { EditRecipe, SourceUpload } from "../../workers/contract/versions.ts";
import { abortable, body, v1 } from "../api-call.ts";
import { readApiError } from "../api-error.ts";
import { authorizedFetch } from "../http.ts";

/** The versions of a video, and the starting point for an edit. */
export const listVersions = (id: string, signal?: AbortSignal) =>
  body(v1.videos[":id"].versions.$get({ param: { id } }, abortable(signal)));
const withVersion = (id: string, version: number) => ({ param: { id, version: String(version) } });
/** Begins a version that keeps parts of the file. @param recipe in seconds of the whole file */
export const editVideo = (id: string, recipe: EditRecipe) =>
  body(v1.videos[":id"].versions.$post({ param: { id }, json: recipe }));
export const publishVersion = (id: string, version: number) =>
  body(v1.videos[":id"].versions[":version"].publish.$post(withVersion(id, version)));
export const deleteVersion = (id: string, version: number) =>
  body(v1.videos[":id"].versions[":version"].$delete(withVersion(id, version)));
/** A playback of an unpublished version. */
export const playVersion = (id: string, version: number, signal?: AbortSignal) =>
  body(
    v1.videos[":id"].versions[":version"].playback.$post(
      withVersion(id, version),
      abortable(signal),
    ),
  );
/** @param file an image of at most `MAX_POSTER_BYTES`. The typed client sends only JSON and forms. */
export async function uploadWatermark(id: string, file: File): Promise<{ picture: string }> {
  const url = v1.videos[":id"].versions.watermark.$url({ param: { id } });
  const headers = { "content-type": file.type };
  const response = await authorizedFetch(url, { method: "POST", headers, body: file });
  if (!response.ok) throw await readApiError(response);
  return (await response.json()) as { picture: string };
}
/** An image that was uploaded as a watermark. */
export async function readWatermark(
  id: string,
  picture: string,
  signal: AbortSignal,
): Promise<Blob> {
  const url = v1.videos[":id"].versions.watermark[":picture"].$url({ param: { id, picture } });
  const response = await authorizedFetch(url, { signal });
  if (!response.ok) throw await readApiError(response);
  return response.blob();
}
/** Opens the upload of a replacement file for a video. */
export const uploadSource = (id: string, file: SourceUpload, signal?: AbortSignal) =>
  body(v1.videos[":id"].versions.upload.$post({ param: { id }, json: file }, abortable(signal)));
