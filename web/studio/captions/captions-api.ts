import type { CaptionKind } from "../../../workers/contract/caption-kinds.ts";
import type { StoredCaptions } from "../../../workers/contract/captions.ts";
import { abortable, body, done, v1 } from "../../api-call.ts";
import { readApiError } from "../../api-error.ts";
import { authorizedFetch } from "../../http.ts";

/** A track of a video. */
export interface TrackKey {
  /** BCP 47. */
  language: string;
  kind: CaptionKind;
}

const calls = v1.videos[":id"];
const paramOf = (id: string, { language }: TrackKey) => ({ param: { id, language } });

/** The tracks of an own video, and the ways to make more. */
export const listCaptionTracks = (id: string, signal?: AbortSignal) =>
  body(calls.captions.$get({ param: { id } }, abortable(signal)));

/** @param language of the speech; detected if undefined */
export const transcribeVideo = (id: string, language?: string) =>
  done(calls["automatic-captions"].$post({ param: { id }, json: { language } }));

/** @param to BCP 47 */
export const translateTrack = (id: string, track: TrackKey, to: string) =>
  body(
    calls.captions[":language"].translations.$post({
      ...paramOf(id, track),
      query: { kind: track.kind },
      json: { to },
    }),
  );

export const deleteTrack = (id: string, track: TrackKey) =>
  done(calls.captions[":language"].$delete({ ...paramOf(id, track), query: { kind: track.kind } }));

/** A track as a file. The typed client reads only JSON, so this is a plain request. */
export async function readTrack(
  id: string,
  track: TrackKey,
  format: "vtt" | "srt",
): Promise<string> {
  const query = { kind: track.kind, format };
  const url = calls.captions[":language"].$url({ ...paramOf(id, track), query });
  const response = await authorizedFetch(url);
  if (!response.ok) throw await readApiError(response);
  return response.text();
}

/** @param file in any format and encoding. The typed client sends only JSON and forms, so this is a plain request. */
export async function putTrack(id: string, track: TrackKey, file: Blob): Promise<StoredCaptions> {
  const url = calls.captions[":language"].$url({
    ...paramOf(id, track),
    query: { kind: track.kind },
  });
  const headers = { "content-type": "text/plain" };
  const response = await authorizedFetch(url, { method: "PUT", headers, body: file });
  if (!response.ok) throw await readApiError(response);
  return (await response.json()) as StoredCaptions;
}
