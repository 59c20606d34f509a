import "../library/library.css";
import { useState } from "preact/hooks";
import {
  changeWatchSettings,
  clearHistory,
  getWatchSettings,
  listHistory,
  removeFromHistory,
} from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { titleOf } from "../components/creator-link.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { Pager } from "../components/pager.tsx";
import { EmptyState, ErrorState, SkeletonCards } from "../components/states.tsx";
import { VideoCard } from "../components/video-card.tsx";
import { RequireAccount } from "../components/require-account.tsx";
import { entryKey, recall, remember } from "../page-memory.ts";
import { LibraryTabs } from "../library/library-tabs.tsx";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { t } from "../i18n/translate.ts";

/** Name of the shown page in the memory of a history entry. */
const CURSORS = "cursors";

/** The account's watch history, latest first. */
export function History() {
  usePageTitle(t("history.title"));
  return (
    <RequireAccount reason={t("history.reason")}>
      <WatchHistory />
    </RequireAccount>
  );
}

function WatchHistory() {
  const [cursors, setCursors] = useState(() => recall<string[]>(entryKey(), CURSORS) ?? []);
  const [clearing, setClearing] = useState(false);
  const cursor = cursors.at(-1);
  const page = useLoad((signal) => listHistory(cursor, signal), [cursor], "history");
  const removal = useSubmit(async (id: string) => {
    await removeFromHistory(id);
    page.reload();
  });
  function showPage(next: string[]): void {
    remember(entryKey(), CURSORS, next);
    setCursors(next);
  }
  const items = page.data?.items;
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t("history.title")}</h1>
        <div class="library-actions">
          <PauseButton />
          {items && items.length > 0 && (
            <button type="button" class="button" onClick={() => setClearing(true)}>
              {t("history.clear")}
            </button>
          )}
        </div>
      </header>
      <LibraryTabs current="/history" />
      <FormError error={removal.error} />
      {page.error ? (
        <ErrorState heading="h2" error={page.error} onRetry={page.reload} />
      ) : !items ? (
        <SkeletonCards count={8} />
      ) : items.length === 0 && cursors.length === 0 ? (
        <EmptyState
          title={t("history.empty")}
          heading="h2"
          action={
            <a class="button button-signal" href="/">
              {t("common.browse")}
            </a>
          }
        >
          {t("history.emptyText")}
        </EmptyState>
      ) : (
        <>
          <h2 class="visually-hidden">{t("history.videos")}</h2>
          <ul class="grid">
            {items.map(({ video, progress }) => (
              <li key={video.id}>
                <VideoCard
                  video={video}
                  watched={progress.finished ? 1 : progress.position / (video.duration || 1)}
                >
                  <button
                    type="button"
                    class="button button-small card-remove"
                    disabled={removal.busy}
                    aria-label={t("library.remove", { title: titleOf(video) })}
                    onClick={() => removal.run(video.id)}
                  >
                    {t("common.remove")}
                  </button>
                </VideoCard>
              </li>
            ))}
          </ul>
          <Pager cursors={cursors} next={page.data?.nextCursor ?? null} onChange={showPage} />
        </>
      )}
      {clearing && (
        <ConfirmDialog
          title={t("history.clearTitle")}
          action={t("history.clear")}
          onCancel={() => setClearing(false)}
          onConfirm={async () => {
            await clearHistory();
            setClearing(false);
            showPage([]);
            page.reload();
          }}
        >
          {t("history.clearText")}
        </ConfirmDialog>
      )}
    </div>
  );
}

/** Pauses or resumes the history. */
function PauseButton() {
  const loaded = useLoad(getWatchSettings, []);
  const change = useSubmit(async (historyPaused: boolean) =>
    loaded.set(await changeWatchSettings({ historyPaused })),
  );
  if (!loaded.data) return null;
  const { historyPaused } = loaded.data;
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={change.busy}
        onClick={() => change.run(!historyPaused)}
      >
        {historyPaused ? t("library.resumeHistory") : t("library.pauseHistory")}
      </button>
      <span class="visually-hidden" role="status">
        {historyPaused ? t("library.historyPaused") : ""}
      </span>
      <FormError error={change.error} />
    </>
  );
}
