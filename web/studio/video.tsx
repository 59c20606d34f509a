import "./video.css";
import { useLocation, useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import { getVideo, listTasks, retryVideo } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { ProgressBar } from "../components/progress-bar.tsx";
import { ErrorState } from "../components/states.tsx";
import { Poster } from "../components/video-card.tsx";
import { timeOfDay } from "../format.ts";
import { useLoad, usePolling } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { Captions } from "./captions.tsx";
import { DeleteVideoDialog } from "./delete-video-dialog.tsx";
import { DetailsForm } from "./details-form.tsx";
import { PlaybackRulesForm } from "./playback-rules.tsx";
import { PosterChoice } from "./poster-choice.tsx";
import { RequireCreator } from "./require-creator.tsx";
import { Share } from "./share.tsx";
import { isInProgress, StateBadge } from "./state-badge.tsx";
import { Timeline } from "./timeline.tsx";
import { t } from "../i18n/translate.ts";

const POLL_INTERVAL_MS = 1500;

/** One video in the studio: its state, and everything that its creator can change. */
export function StudioVideo() {
  const { params } = useRoute();
  return (
    <RequireCreator>
      <VideoEditor id={params["id"] ?? ""} key={params["id"]} />
    </RequireCreator>
  );
}

function VideoEditor({ id }: { id: string }) {
  const { route } = useLocation();
  const loaded = useLoad((signal) => getVideo(id, signal), [id]);
  const tasks = useLoad((signal) => listTasks(id, signal), [id]);
  const [deleting, setDeleting] = useState(false);
  const [chosen, setChosen] = useState<{ picture: string; replaces: string | null } | null>(null);
  const video = loaded.data;
  const refresh = async () => {
    const [newVideo, newTasks] = await Promise.all([getVideo(id), listTasks(id)]);
    loaded.set(newVideo);
    tasks.set(newTasks);
  };
  const retry = useSubmit(async () => {
    await retryVideo(id);
    await refresh();
  });
  // Downloads and the second codec are transcoded after the video is `ready`.
  const running =
    tasks.data?.some((task) => task.state === "running" || task.state === "queued") ?? false;
  // The tasks for downloads appear or disappear shortly after the setting is saved.
  const downloadsPending =
    video?.state === "ready" &&
    video.downloadsEnabled !== tasks.data?.some((task) => task.kind === "download");
  const inProgress = video !== undefined && isInProgress(video.state);
  usePolling(refresh, inProgress || running || downloadsPending, POLL_INTERVAL_MS, [video?.state]);
  usePageTitle(video?.title);

  if (loaded.error) {
    return (
      <div class="page">
        <ErrorState error={loaded.error} onRetry={loaded.reload} />
      </div>
    );
  }
  // Both are shown at once: the timeline grows with its tasks, and everything below it would move.
  if (!video || (tasks.loading && !tasks.data))
    return (
      <div class="page" role="status" aria-busy="true" aria-label={t("common.loadingVideo")} />
    );
  // Until the new poster is made, its frame stands in for it.
  const isReplaced = chosen !== null && video.poster === chosen.replaces;
  const shown = isReplaced ? { ...video, poster: chosen.picture } : video;
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <p class="label soft">
            <a href="/studio">{t("header.myVideos")}</a>
          </p>
          <h1>{video.title}</h1>
        </div>
        <StateBadge state={video.state} />
      </header>
      <div class="studio-video">
        <div class="studio-main">
          <section class="studio-state">
            <Poster video={shown} eager />
            {video.error && (
              <div class="notice notice-bad" role="alert">
                <p>{video.error.detail}</p>
                <p class="soft">{t("studio.keptFile")}</p>
              </div>
            )}
            {video.problem && (
              <div class="notice notice-bad" role="status">
                <p>{video.problem.detail}</p>
              </div>
            )}
            {video.waiting && (
              <div class="notice" role="status">
                <p>{video.waiting.detail}</p>
                <p class="soft">{t("studio.yourTime", { time: timeOfDay(video.waiting.until) })}</p>
              </div>
            )}
            {inProgress && video.progress !== null && (
              <ProgressBar label={t("timeline.title")} ratio={video.progress} />
            )}
            <div class="form-actions">
              {(video.state === "playable" || video.state === "ready") && (
                <a class="button button-signal" href={`/watch/${video.id}`}>
                  {t("video.watch")}
                </a>
              )}
              {video.state === "failed" && (
                <button
                  type="button"
                  class="button button-signal"
                  disabled={retry.busy}
                  onClick={() => retry.run()}
                >
                  {t("common.tryAgain")}
                </button>
              )}
              <button type="button" class="button button-danger" onClick={() => setDeleting(true)}>
                {t("common.delete")}
              </button>
            </div>
            <FormError error={retry.error} />
          </section>
          <DetailsForm key={video.id} video={video} onSaved={loaded.set} />
        </div>
        <div class="studio-side">
          <Timeline tasks={tasks.data ?? []} />
          <Share video={video} />
          <PlaybackRulesForm key={video.id} video={video} onSaved={loaded.set} />
          <PosterChoice
            video={video}
            onChosen={(picture) => {
              setChosen(picture === null ? null : { picture, replaces: video.poster });
              void refresh();
            }}
          />
          <Captions video={video} onChanged={() => void refresh()} />
        </div>
      </div>
      {deleting && (
        <DeleteVideoDialog
          video={video}
          onCancel={() => setDeleting(false)}
          onDeleted={() => route("/studio")}
        />
      )}
    </div>
  );
}
