import type { Video } from "../../../workers/contract/videos.ts";
import { ProgressBar } from "../../components/progress-bar.tsx";
import { type PlainKey, t } from "../../i18n/translate.ts";

const MESSAGES: Record<Video["state"], PlainKey> = {
  uploading: "preparing.uploading",
  queued: "preparing.queued",
  processing: "preparing.processing",
  playable: "preparing.loading",
  ready: "preparing.loading",
  failed: "preparing.failed",
};

/** Explains why a video cannot be played yet, or at all. */
export function Preparing({ video }: { video: Video }) {
  const waiting = video.state !== "failed" && video.state !== "ready" && video.state !== "playable";
  return (
    <div class="preparing" role="status">
      <p class="preparing-text">{t(MESSAGES[video.state])}</p>
      {video.error && <p>{video.error.detail}</p>}
      {waiting && video.progress !== null && (
        <ProgressBar label={t("video.processing")} ratio={video.progress} />
      )}
    </div>
  );
}
