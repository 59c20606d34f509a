import type { Video } from "../../../workers/contract/videos.ts";
import { retryVideo } from "../../api.ts";
import { FormError } from "../../components/form-error.tsx";
import { ProgressBar } from "../../components/progress-bar.tsx";
import { momentOf, timeOfDay } from "../../format.ts";
import { t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { VideoRulings } from "../video-rulings.tsx";
import { SameFile } from "../same-file.tsx";
import { isInProgress } from "../state-badge.tsx";

/** Important facts about a video for its creator, shown on each tab: errors, what it waits for, progress. */
export function VideoNotices({ video, refresh }: { video: Video; refresh: () => Promise<void> }) {
  const retry = useSubmit(async () => {
    await retryVideo(video.id);
    await refresh();
  });
  const { error, problem, waiting, progress } = video;
  return (
    <div class="studio-notices">
      {error && (
        <div class="notice notice-bad" role="alert">
          <p>{error.detail}</p>
          <p class="soft">{t("studio.keptFile")}</p>
        </div>
      )}
      {problem && (
        <div class="notice notice-bad" role="status">
          <p>{problem.detail}</p>
        </div>
      )}
      {video.publishAt && (
        <p class="notice">{t("schedule.willStart", { time: momentOf(video.publishAt) })}</p>
      )}
      {video.unpublishAt && (
        <p class="notice">{t("schedule.willEnd", { time: momentOf(video.unpublishAt) })}</p>
      )}
      <VideoRulings video={video} />
      <SameFile video={video} />
      {waiting && (
        <div class="notice" role="status">
          <p>{waiting.detail}</p>
          <p class="soft">{t("studio.yourTime", { time: timeOfDay(waiting.until) })}</p>
        </div>
      )}
      {isInProgress(video.state) && progress !== null && (
        <ProgressBar label={t("timeline.title")} ratio={progress} />
      )}
      {video.state === "failed" && (
        <div class="form-actions">
          <button
            type="button"
            class="button button-signal"
            disabled={retry.busy}
            onClick={() => retry.run()}
          >
            {t("common.tryAgain")}
          </button>
        </div>
      )}
      <FormError error={retry.error} />
    </div>
  );
}
