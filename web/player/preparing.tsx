import type { Video } from "../../workers/contract/videos.ts";
import { ProgressBar } from "../components/progress-bar.tsx";

const MESSAGES: Record<Video["state"], string> = {
  uploading: "This video is still uploading.",
  queued: "This video is waiting to be processed.",
  processing:
    "This video is being processed. It starts here as soon as the first seconds are ready.",
  playable: "Loading the video…",
  ready: "Loading the video…",
  failed: "This video could not be processed.",
};

/** Tells why a video cannot be played yet, or at all. */
export function Preparing({ video }: { video: Video }) {
  const waiting = video.state !== "failed" && video.state !== "ready" && video.state !== "playable";
  return (
    <div class="preparing" role="status">
      <p class="preparing-text">{MESSAGES[video.state]}</p>
      {video.error && <p>{video.error.detail}</p>}
      {waiting && video.progress !== null && (
        <ProgressBar label="Processing" ratio={video.progress} />
      )}
    </div>
  );
}
