import "./videos.css";
import { useState } from "preact/hooks";
import type { Video, VideoPage } from "../../workers/contract/videos.ts";
import { listVideos } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { Pager } from "../components/pager.tsx";
import { ProgressBar } from "../components/progress-bar.tsx";
import { EmptyState, ErrorState } from "../components/states.tsx";
import { Poster } from "../components/video-card.tsx";
import { dayOf, viewCount } from "../format.ts";
import { uploadsHere } from "../session.ts";
import { type Loaded, useLoad, usePolling } from "../use-load.ts";
import { DeleteVideoDialog } from "./delete-video-dialog.tsx";
import { DeletedVideo } from "./deleted-video.tsx";
import { RequireCreator } from "./require-creator.tsx";
import { isInProgress, StateBadge } from "./state-badge.tsx";
import { StudioTabs } from "./studio-tabs.tsx";
import { VideoListSkeleton } from "./video-list-skeleton.tsx";
import { t } from "../i18n/translate.ts";

const PAGE_SIZE = 20;
const POLL_INTERVAL_MS = 2000;

/** All videos of the account with their current state. */
export function Videos() {
  usePageTitle(t("header.myVideos"));
  return (
    <RequireCreator>
      <div class="page">
        <header class="page-head">
          <h1>{t("header.myVideos")}</h1>
          <a class="button button-signal" href="/upload">
            <Icon name="upload" />
            {t("header.upload")}
          </a>
        </header>
        <StudioTabs current="/studio" />
        <VideoList />
      </div>
    </RequireCreator>
  );
}

function VideoList() {
  const [cursors, setCursors] = useState<string[]>([]);
  const cursor = cursors.at(-1);
  const fetchPage = (signal?: AbortSignal) =>
    listVideos({ creator: "me", limit: PAGE_SIZE, cursor }, signal);
  const page = useLoad(fetchPage, [cursor]);
  const inProgress = page.data?.items.filter((video) => isInProgress(video.state)) ?? [];
  usePolling(async () => page.set(await fetchPage()), inProgress.length > 0, POLL_INTERVAL_MS, [
    inProgress.map((video) => video.id + video.state).join(),
  ]);

  return (
    <>
      <Rows page={page} cursors={cursors} onPage={setCursors} />
      <DeletedVideo onRestored={page.reload} />
    </>
  );
}

interface RowsProps {
  page: Loaded<VideoPage>;
  cursors: string[];
  onPage: (cursors: string[]) => void;
}

function Rows({ page, cursors, onPage }: RowsProps) {
  const [deleting, setDeleting] = useState<Video | null>(null);
  if (page.error) return <ErrorState heading="h2" error={page.error} onRetry={page.reload} />;
  if (!page.data) return <VideoListSkeleton label={t("studio.loading")} />;
  if (page.data.items.length === 0 && cursors.length === 0) {
    return (
      <EmptyState
        title={t("studio.empty")}
        heading="h2"
        action={
          <a class="button button-signal" href="/upload">
            {t("studio.uploadFirst")}
          </a>
        }
      >
        {t("studio.emptyText")}
      </EmptyState>
    );
  }
  return (
    <>
      <ul class="video-list">
        {page.data.items.map((video) => (
          <VideoRow key={video.id} video={video} onDelete={() => setDeleting(video)} />
        ))}
      </ul>
      <Pager cursors={cursors} next={page.data.nextCursor} onChange={onPage} />
      {deleting && (
        <DeleteVideoDialog
          video={deleting}
          onCancel={() => setDeleting(null)}
          onDeleted={() => {
            if (uploadsHere.value.has(deleting.id)) void endUpload(deleting.id);
            setDeleting(null);
            page.reload();
          }}
        />
      )}
    </>
  );
}

/** The queue is loaded where something is uploading. */
async function endUpload(videoId: string): Promise<void> {
  const { removeVideo } = await import("./upload/open-queue.ts");
  removeVideo(videoId);
}

function VideoRow({ video, onDelete }: { video: Video; onDelete: () => void }) {
  const isUnfinished = video.state === "uploading";
  const uploaded = uploadsHere.value.get(video.id);
  return (
    <li class="video-row" data-video-id={video.id}>
      <a class="video-row-poster" href={`/studio/${video.id}`} tabIndex={-1} aria-hidden="true">
        <Poster video={video} />
      </a>
      <div class="video-row-main">
        <h2 class="video-row-title">
          <a href={`/studio/${video.id}`} dir="auto">
            {video.title}
          </a>
        </h2>
        <p class="video-row-facts soft">
          <span>{dayOf(video.createdAt)}</span>
          <span>{viewCount(video.views)}</span>
          <span>{t(`visibility.${video.visibility}`)}</span>
        </p>
        {video.error && <p class="field-error">{video.error.detail}</p>}
        {video.problem && <p class="field-error">{video.problem.detail}</p>}
        {video.waiting && <p class="soft">{video.waiting.detail}</p>}
        {isUnfinished && uploaded === undefined && <p class="soft">{t("studio.unfinished")}</p>}
        {uploaded !== undefined && (
          <ProgressBar label={t("studio.uploadOf", { title: video.title })} ratio={uploaded} />
        )}
        {isInProgress(video.state) && video.progress !== null && (
          <ProgressBar
            label={t("studio.transcodingOf", { title: video.title })}
            ratio={video.progress}
          />
        )}
      </div>
      <div class="video-row-state">
        <StateBadge state={video.state} />
      </div>
      <div class="video-row-actions">
        {isUnfinished && (
          <a
            class="button button-small button-signal"
            href="/upload"
            aria-label={t(uploaded === undefined ? "studio.resumeTitle" : "studio.showTitle", {
              title: video.title,
            })}
          >
            {uploaded === undefined ? t("studio.resume") : t("studio.show")}
          </a>
        )}
        <a
          class="button button-small"
          href={`/studio/${video.id}`}
          aria-label={t("studio.editTitle", { title: video.title })}
        >
          {t("studio.edit")}
        </a>
        <button
          type="button"
          class="button button-small button-danger"
          aria-label={t(isUnfinished ? "studio.discardTitle" : "studio.deleteTitle", {
            title: video.title,
          })}
          onClick={onDelete}
        >
          {isUnfinished ? t("studio.discard") : t("common.delete")}
        </button>
      </div>
    </li>
  );
}
