import "./videos.css";
import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/video.ts";
import { deleteVideo, listVideos } from "../api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { Icon } from "../components/icon.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { Pager } from "../components/pager.tsx";
import { ProgressBar } from "../components/progress-bar.tsx";
import { EmptyState, ErrorState } from "../components/states.tsx";
import { Poster } from "../components/video-card.tsx";
import { dayOf, viewCount } from "../format.ts";
import { useLoad, usePolling } from "../use-load.ts";
import { RequireCreator } from "./require-creator.tsx";
import { isUnderway, StateBadge } from "./state-badge.tsx";

/** My videos: every film of the account with its live state. */
export function Videos() {
  usePageTitle("My videos");
  return (
    <RequireCreator>
      <div class="page">
        <header class="page-head">
          <h1>My videos</h1>
          <a class="button button-signal" href="/upload">
            <Icon name="upload" />
            Upload
          </a>
        </header>
        <VideoList />
      </div>
    </RequireCreator>
  );
}

function VideoList() {
  const [cursors, setCursors] = useState<string[]>([]);
  const cursor = cursors.at(-1);
  const fetchPage = (signal?: AbortSignal) =>
    listVideos({ creator: "me", limit: 20, cursor }, signal);
  const page = useLoad(fetchPage, [cursor]);
  const [doomed, setDoomed] = useState<Video | null>(null);
  const underway = page.data?.items.filter((video) => isUnderway(video.state)) ?? [];
  usePolling(async () => page.set(await fetchPage()), underway.length > 0, 2000, [
    underway.map((video) => video.id + video.state).join(),
  ]);

  if (page.error) return <ErrorState heading="h2" error={page.error} onRetry={page.reload} />;
  if (!page.data) return <ListSkeleton />;
  if (page.data.items.length === 0 && !cursor) {
    return (
      <EmptyState
        title="Nothing on your reel yet"
        heading="h2"
        action={
          <a class="button button-signal" href="/upload">
            Upload your first film
          </a>
        }
      >
        Films you upload appear here, with every step of their preparation.
      </EmptyState>
    );
  }
  return (
    <>
      <ul class="films">
        {page.data.items.map((video) => (
          <FilmLine key={video.id} video={video} onDelete={() => setDoomed(video)} />
        ))}
      </ul>
      <Pager cursors={cursors} next={page.data.nextCursor} onChange={setCursors} />
      {doomed && (
        <ConfirmDialog
          title="Delete this film?"
          action="Delete"
          onCancel={() => setDoomed(null)}
          onConfirm={async () => {
            await deleteVideo(doomed.id);
            setDoomed(null);
            page.reload();
          }}
        >
          “{doomed.title}” and all its files are removed for good. Links to it stop working at once.
        </ConfirmDialog>
      )}
    </>
  );
}

function FilmLine({ video, onDelete }: { video: Video; onDelete: () => void }) {
  return (
    <li class="film" data-video-id={video.id}>
      <a class="film-picture" href={`/studio/${video.id}`} tabIndex={-1} aria-hidden="true">
        <Poster video={video} />
      </a>
      <div class="film-main">
        <h2 class="film-title">
          <a href={`/studio/${video.id}`}>{video.title}</a>
        </h2>
        <p class="film-facts soft">
          <span>{dayOf(video.createdAt)}</span>
          <span>{viewCount(video.views)}</span>
          <span>{video.visibility}</span>
        </p>
        {video.error && <p class="field-error">{video.error.detail}</p>}
        {isUnderway(video.state) && video.progress !== null && (
          <ProgressBar label={`Preparation of ${video.title}`} ratio={video.progress} />
        )}
      </div>
      <div class="film-state">
        <StateBadge state={video.state} />
      </div>
      <div class="film-actions">
        <a
          class="button button-small"
          href={`/studio/${video.id}`}
          aria-label={`Edit ${video.title}`}
        >
          Edit
        </a>
        <button
          type="button"
          class="button button-small button-danger"
          aria-label={`Delete ${video.title}`}
          onClick={onDelete}
        >
          Delete
        </button>
      </div>
    </li>
  );
}

function ListSkeleton() {
  return (
    <ul class="films" aria-busy="true" aria-label="Loading your films">
      {[1, 2, 3].map((line) => (
        <li class="film" key={line}>
          <div class="skeleton skeleton-poster" />
          <div>
            <div class="skeleton skeleton-line" />
            <div class="skeleton skeleton-line skeleton-short" />
          </div>
        </li>
      ))}
    </ul>
  );
}
