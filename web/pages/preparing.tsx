import type { Video } from "../../workers/contract/video.ts";
import { ProgressBar } from "../components/progress-bar.tsx";

const SENTENCES: Record<Video["state"], string> = {
  uploading: "This film is still being uploaded.",
  queued: "This film is waiting for its turn to be prepared.",
  processing: "This film is being prepared. It starts here as soon as its first minutes are ready.",
  playable: "Opening the film.",
  ready: "Opening the film.",
  failed: "This film could not be prepared.",
};

/** In the player's place while a film cannot be played yet, or ever. */
export function Preparing({ video }: { video: Video }) {
  const waiting = video.state !== "failed" && video.state !== "ready" && video.state !== "playable";
  return (
    <div class="preparing" role="status">
      <p class="preparing-text">{SENTENCES[video.state]}</p>
      {video.error && <p>{video.error.detail}</p>}
      {waiting && video.progress !== null && (
        <ProgressBar label="Prepared" ratio={video.progress} />
      )}
    </div>
  );
}
