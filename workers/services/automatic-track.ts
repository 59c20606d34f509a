import { findCaptions, storeAutomaticCaptions } from "../db/captions.ts";
import type { Catalog, Statement } from "../db/client.ts";
import { findVideo } from "../db/videos.ts";
import { trackLabel } from "../domain/captions/caption-tracks.ts";
import { type Cue, writeWebVtt } from "../domain/captions/cues.ts";
import { putText } from "../media/objects.ts";
import { captionsKey } from "../media/storage-keys.ts";
import { republish } from "./republish.ts";

interface AutomaticTrack {
  videoId: string;
  version: number;
  language: string;
  cues: readonly Cue[];
}

/**
 * Statements that store automatic captions, replacing earlier automatic ones.
 * @param track language: BCP 47, canonical; version: of the transcribed video, because another version has other times
 * @returns null if there is nothing to store: no captions, no video or another version of it, or a track by a person or
 *   from the source, which is kept
 */
export async function automaticTrack(
  env: Pick<Env, "MEDIA">,
  db: Catalog,
  { videoId, version, language, cues }: AutomaticTrack,
  now: number,
): Promise<Statement[] | null> {
  const earlier = await findCaptions(db, videoId, language);
  const video = await findVideo(db, videoId);
  const isWritten = earlier !== null && earlier.origin !== "automatic";
  if (isWritten || video?.version !== version || cues.length === 0) return null;
  const key = captionsKey(videoId, language, now);
  await putText(env, key, writeWebVtt(cues), "text/vtt; charset=utf-8");
  const row = {
    ...{ videoId, language, key, revision: now, updatedAt: now, cues: cues.length },
    label: trackLabel({ language, kind: "subtitles" }, true),
    origin: "automatic" as const,
  };
  return [...storeAutomaticCaptions(db, row), ...(await republish(db, video, "captions", now))];
}
