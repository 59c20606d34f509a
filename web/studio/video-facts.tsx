import type { Video } from "../../workers/contract/videos.ts";
import { ProgressBar } from "../components/progress-bar.tsx";
import { momentOf } from "../format.ts";
import { uploadsHere } from "../session.ts";
import { isInProgress } from "./state-badge.tsx";
import { t } from "../i18n/translate.ts";

/** Important facts about a video in a list: failures, waiting, progress. */
export function VideoNews({ video }: { video: Video }) {
  const uploaded = uploadsHere.value.get(video.id);
  return (
    <>
      {video.error && <p class="field-error">{video.error.detail}</p>}
      {video.problem && <p class="field-error">{video.problem.detail}</p>}
      {video.publishAt && (
        <p class="soft">{t("schedule.willStart", { time: momentOf(video.publishAt) })}</p>
      )}
      {video.unpublishAt && (
        <p class="soft">{t("schedule.willEnd", { time: momentOf(video.unpublishAt) })}</p>
      )}
      {video.waiting && <p class="soft">{video.waiting.detail}</p>}
      {video.state === "uploading" && uploaded === undefined && (
        <p class="soft">{t("studio.unfinished")}</p>
      )}
      {uploaded !== undefined && (
        <ProgressBar label={t("studio.uploadOf", { title: video.title })} ratio={uploaded} />
      )}
      {isInProgress(video.state) && video.progress !== null && (
        <ProgressBar
          label={t("studio.transcodingOf", { title: video.title })}
          ratio={video.progress}
        />
      )}
    </>
  );
}

/** The actions for a video in a list. */
export function VideoActions({ video, onDelete }: { video: Video; onDelete: () => void }) {
  const { title } = video;
  const isUnfinished = video.state === "uploading";
  const isHere = uploadsHere.value.has(video.id);
  return (
    <div class="video-row-actions">
      {isUnfinished && (
        <a
          class="button button-small button-signal"
          href="/upload"
          aria-label={t(isHere ? "studio.showTitle" : "studio.resumeTitle", { title })}
        >
          {isHere ? t("studio.show") : t("studio.resume")}
        </a>
      )}
      <a
        class="button button-small"
        href={`/studio/${video.id}`}
        aria-label={t("studio.editTitle", { title })}
      >
        {t("studio.edit")}
      </a>
      <button
        type="button"
        class="button button-small button-danger"
        aria-label={t(isUnfinished ? "studio.discardTitle" : "studio.deleteTitle", { title })}
        onClick={onDelete}
      >
        {isUnfinished ? t("studio.discard") : t("common.delete")}
      </button>
    </div>
  );
}
