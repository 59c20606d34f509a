import { z } from "zod";

/**
 * Large outputs are uploaded to task storage in parts, as in S3 but with JSON bodies, below the task's storage URL:
 *
 *   POST   {path}                            -> MultipartCreated
 *   PUT    {path}?uploadId=&partNumber=1     -> MultipartPart; equal sizes of at least 5 MiB, except the last
 *   POST   {path}?uploadId=                  MultipartCompletion -> 200
 *   DELETE {path}?uploadId=                  aborts
 *
 * An output that fits in one request is a plain `PUT {path}` with a Content-Length.
 */
export const MultipartCreated = z.object({ uploadId: z.string() });
export type MultipartCreated = z.infer<typeof MultipartCreated>;

export const MultipartPart = z.object({ etag: z.string() });
export type MultipartPart = z.infer<typeof MultipartPart>;

export const MultipartCompletion = z.object({
  parts: z.array(z.object({ partNumber: z.int(), etag: z.string() })).min(1),
});
export type MultipartCompletion = z.infer<typeof MultipartCompletion>;

/**
 * Below the storage of a task that is allowed to: `POST speech?language=` with a WAV file of at most `MAX_SPEECH_BYTES`
 * returns the transcription by the site's model, a `Transcript`.
 */
export const SPEECH_PATH = "speech";
export const MAX_SPEECH_BYTES = 4_000_000;
