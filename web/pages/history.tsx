import { useState } from "preact/hooks";
import { clearHistory, listHistory } from "../api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { Pager } from "../components/pager.tsx";
import { EmptyState, ErrorState, SkeletonCards } from "../components/states.tsx";
import { VideoCard } from "../components/video-card.tsx";
import { RequireUser } from "../components/require-user.tsx";
import { useLoad } from "../use-load.ts";

/** What the account has watched, latest first. */
export function History() {
  usePageTitle("History");
  return (
    <RequireUser reason="The history belongs to an account.">
      <Watched />
    </RequireUser>
  );
}

function Watched() {
  const [cursors, setCursors] = useState<string[]>([]);
  const [clearing, setClearing] = useState(false);
  const cursor = cursors.at(-1);
  const page = useLoad((signal) => listHistory(cursor, signal), [cursor]);
  const items = page.data?.items;
  return (
    <div class="page">
      <header class="page-head">
        <h1>History</h1>
        {items && items.length > 0 && (
          <button type="button" class="button" onClick={() => setClearing(true)}>
            Clear history
          </button>
        )}
      </header>
      {page.error ? (
        <ErrorState heading="h2" error={page.error} onRetry={page.reload} />
      ) : !items ? (
        <SkeletonCards count={8} />
      ) : items.length === 0 ? (
        <EmptyState
          title="Nothing watched yet"
          heading="h2"
          action={
            <a class="button button-signal" href="/">
              To the programme
            </a>
          }
        >
          Films you watch are kept here, with the place where you stopped.
        </EmptyState>
      ) : (
        <>
          <h2 class="visually-hidden">Films</h2>
          <ul class="grid">
            {items.map(({ video, progress }) => (
              <li key={video.id}>
                <VideoCard
                  video={video}
                  watched={progress.finished ? 1 : progress.position / (video.duration || 1)}
                />
              </li>
            ))}
          </ul>
          <Pager cursors={cursors} next={page.data?.nextCursor ?? null} onChange={setCursors} />
        </>
      )}
      {clearing && (
        <ConfirmDialog
          title="Clear your history?"
          action="Clear"
          onCancel={() => setClearing(false)}
          onConfirm={async () => {
            await clearHistory();
            setClearing(false);
            setCursors([]);
            page.reload();
          }}
        >
          Films start from the beginning again, also on your other devices.
        </ConfirmDialog>
      )}
    </div>
  );
}
