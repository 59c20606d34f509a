import "./video.css";
import { useRoute } from "preact-iso";
import { getVideo, listTasks } from "../api.ts";
import { NotFound } from "../components/not-found.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { ErrorState } from "../components/states.tsx";
import type { VideoSection } from "../site-paths.ts";
import { useLoad, usePolling } from "../use-load.ts";
import { isVideoId } from "../video-id.ts";
import { ChannelAnalytics } from "./analytics/channel-analytics.tsx";
import { VideoEditor } from "./editor/video-editor.tsx";
import { isVideoSection } from "./editor/video-tabs.tsx";
import { RequireCreator } from "./require-creator.tsx";
import { isInProgress } from "./state-badge.tsx";
import { t } from "../i18n/translate.ts";

const POLL_INTERVAL_MS = 1500;

/**
 * One video in the studio: its state, and everything that its creator can change, one address per tab. The analytics of all
 * videos have the address of a video called `analytics`: a route and a chunk of their own would be in the entry of the site.
 */
export function StudioVideo() {
  const { params } = useRoute();
  const { id = "", section = "" } = params;
  if (id === "analytics" && section === "") return <ChannelAnalytics />;
  if (!isVideoId(id) || !isVideoSection(section)) return <NotFound />;
  return (
    <RequireCreator>
      <div class="page">
        <LoadedVideo id={id} section={section} key={id} />
      </div>
    </RequireCreator>
  );
}

function LoadedVideo({ id, section }: { id: string; section: "" | VideoSection }) {
  const loaded = useLoad((signal) => getVideo(id, signal), [id]);
  const tasks = useLoad((signal) => listTasks(id, signal), [id]);
  const video = loaded.data;
  const refresh = async () => {
    const [newVideo, newTasks] = await Promise.all([getVideo(id), listTasks(id)]);
    loaded.set(newVideo);
    tasks.set(newTasks);
  };
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

  if (loaded.error) return <ErrorState error={loaded.error} onRetry={loaded.reload} />;
  // Both are shown at once: the timeline grows with its tasks, and everything below it would move.
  if (!video || (tasks.loading && !tasks.data))
    return <div role="status" aria-busy="true" aria-label={t("common.loadingVideo")} />;
  return (
    <VideoEditor
      video={video}
      tasks={tasks.data ?? []}
      section={section}
      onSaved={loaded.set}
      refresh={refresh}
    />
  );
}
