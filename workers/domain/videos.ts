import type { VideoState, Visibility } from "../contract/videos.ts";

interface VideoStatus {
  visibility: Visibility;
  state: VideoState;
  deletedAt: number | null;
}

/** A video can be watched as soon as the first segments of its lowest rendition are stored. */
export function isWatchable(state: VideoState): boolean {
  return state === "playable" || state === "ready";
}

/** Whether a version of the video is being made. */
export function isTranscoding(state: VideoState): boolean {
  return state === "queued" || state === "processing" || state === "playable";
}

/** Whether other accounts may see a video and watch it, at least by its link. */
export function isVisible(video: VideoStatus): boolean {
  return video.visibility !== "private" && isWatchable(video.state) && video.deletedAt === null;
}

/** Whether lists, search, suggestions and feeds may show a video to anyone. */
export function isListed(video: VideoStatus): boolean {
  return video.visibility === "public" && isVisible(video);
}

/** Whether viewers may download a video. Files are stitched from segments, so an encrypted video has none. */
export function offersDownloads(video: { downloadsEnabled: boolean; encrypted: boolean }): boolean {
  return video.downloadsEnabled && !video.encrypted;
}
