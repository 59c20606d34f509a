import "./videos.css";
import { useLocation } from "preact-iso";
import { useRef, useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { listPlaylists, listVideos } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { Pager } from "../components/pager.tsx";
import { EmptyState, ErrorState } from "../components/states.tsx";
import { uploadsHere } from "../session.ts";
import { useLoad, usePolling } from "../use-load.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { type BulkOutcome, BulkResults } from "./bulk-results.tsx";
import { DeleteVideoDialog } from "./delete-video-dialog.tsx";
import { DeletedVideos, offerUndo } from "./deleted-videos.tsx";
import { OwnListFilters } from "./own-list-filters.tsx";
import {
  hasOwnFilters,
  NO_OWN_FILTERS,
  type OwnListParams,
  ownListAddress,
  ownListQuery,
  readOwnListParams,
} from "./own-list-params.ts";
import { RequireCreator } from "./require-creator.tsx";
import { chooseAll, NOTHING_SELECTED, type Selection } from "./selection.ts";
import { isInProgress } from "./state-badge.tsx";
import { StudioTabs } from "./studio-tabs.tsx";
import { useMinWidth } from "./use-min-width.ts";
import { VideoCards } from "./video-cards.tsx";
import { VideoListSkeleton } from "./video-list-skeleton.tsx";
import { VideoTable } from "./video-table.tsx";
import { t } from "../i18n/translate.ts";

const PAGE_SIZE = 20;
const POLL_INTERVAL_MS = 2000;
/** From here on, the table has room for its columns. */
const TABLE_WIDTH = "80rem";

/** All videos of the account with their current state. */
export function Videos() {
  usePageTitle(t("header.myVideos"));
  return (
    <RequireCreator>
      <div class="page">
        <header class="page-head">
          <h1>{t("header.myVideos")}</h1>
          <div class="form-actions">
            <a class="button" href="/settings/profile">
              {t("studio.editPage")}
            </a>
            <a class="button button-signal" href="/upload">
              <Icon name="upload" />
              {t("header.upload")}
            </a>
          </div>
        </header>
        <StudioTabs current="/studio" />
        <OwnList />
      </div>
    </RequireCreator>
  );
}

/** State that belongs to a list with these filters, and is dropped with them. */
interface ListState {
  address: string;
  cursors: string[];
  selection: Selection;
}

function OwnList() {
  const { query, route } = useLocation();
  const params = readOwnListParams(query);
  const address = ownListAddress(params);
  const [known, setKnown] = useState<ListState | null>(null);
  const state: ListState =
    known?.address === address ? known : { address, cursors: [], selection: NOTHING_SELECTED };
  const { cursors, selection } = state;
  const cursor = cursors.at(-1);
  const [outcome, setOutcome] = useState<BulkOutcome | null>(null);
  const playlists = useLoad(async (signal) => (await listPlaylists(undefined, signal)).items, []);

  const fetchPage = (signal?: AbortSignal) =>
    listVideos({ ...ownListQuery(params), limit: PAGE_SIZE, ...(cursor && { cursor }) }, signal);
  const page = useLoad(fetchPage, [address, cursor]);
  const place = `${address} ${cursor}`;
  const latestPlace = useRef(place);
  latestPlace.current = place;
  const inProgress = page.data?.items.filter((video) => isInProgress(video.state)) ?? [];
  async function poll(): Promise<void> {
    const polled = await fetchPage();
    // Another page may be shown by then.
    if (latestPlace.current === place) page.set(polled);
  }
  usePolling(poll, inProgress.length > 0, POLL_INTERVAL_MS, [
    place,
    inProgress.map((video) => video.id + video.state).join(),
  ]);

  const setSelection = (selected: Selection) => setKnown({ ...state, selection: selected });
  function setParams(change: Partial<OwnListParams>, replace = false): void {
    route(ownListAddress({ ...params, ...change }), replace);
  }
  /** Called after videos were deleted: they are deselected, and this tab no longer uploads any of them. */
  function forget(videos: readonly Video[]): void {
    setSelection(chooseAll(selection, videos, false));
    for (const { id } of videos) if (uploadsHere.value.has(id)) void endUpload(id);
    page.reload();
  }
  function finishBulk(result: BulkOutcome): void {
    setOutcome(result);
    const done = result.items.flatMap(({ video, error }) => (error ? [] : [video]));
    if (!result.isDeletion) return page.reload();
    offerUndo(done);
    forget(done);
  }

  const items = page.data?.items;
  const isFiltered = hasOwnFilters(params);
  const isEmpty = items?.length === 0 && cursors.length === 0;
  const isWide = useMinWidth(TABLE_WIDTH);
  return (
    <>
      {!(isEmpty && !isFiltered) && (
        <OwnListFilters
          params={params}
          playlists={playlists.data ?? []}
          hasOrder={!isWide}
          onChange={setParams}
        />
      )}
      {selection.size > 0 && (
        <BulkBar
          selection={selection}
          playlists={playlists.data ?? []}
          onClear={() => setSelection(NOTHING_SELECTED)}
          onDone={finishBulk}
        />
      )}
      <div role="status">
        {outcome && <BulkResults outcome={outcome} onClose={() => setOutcome(null)} />}
      </div>
      {page.error ? (
        <ErrorState heading="h2" error={page.error} onRetry={page.reload} />
      ) : !items ? (
        <VideoListSkeleton label={t("studio.loading")} />
      ) : isEmpty ? (
        <NoVideos isFiltered={isFiltered} onClear={() => setParams(NO_OWN_FILTERS)} />
      ) : (
        <div aria-busy={page.loading}>
          <Rows
            {...{ isWide, selection, shown: items, sort: params.sort }}
            onSelect={setSelection}
            onSort={(sort) => setParams({ sort: sort === "newest" ? "" : sort })}
            onDeleted={(video) => forget([video])}
          />
          <Pager
            cursors={cursors}
            next={page.data?.nextCursor ?? null}
            back={t("list.previousPage")}
            forward={t("list.nextPage")}
            onChange={(next) => setKnown({ ...state, cursors: next })}
          />
        </div>
      )}
      <DeletedVideos onRestored={page.reload} />
    </>
  );
}

/** The queue is loaded where something is uploading. */
async function endUpload(videoId: string): Promise<void> {
  const { removeVideo } = await import("./upload/open-queue.ts");
  removeVideo(videoId);
}

function NoVideos({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  if (isFiltered)
    return (
      <EmptyState
        title={t("list.none")}
        heading="h2"
        action={
          <button type="button" class="button" onClick={onClear}>
            {t("list.clear")}
          </button>
        }
      >
        {t("list.noneText")}
      </EmptyState>
    );
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

interface RowsProps {
  isWide: boolean;
  selection: Selection;
  shown: readonly Video[];
  sort: string;
  onSelect: (selection: Selection) => void;
  onSort: (sort: string) => void;
  onDeleted: (video: Video) => void;
}

function Rows({ isWide, sort, onSort, onDeleted, ...select }: RowsProps) {
  const [deleting, setDeleting] = useState<Video | null>(null);
  return (
    <>
      {isWide ? (
        <VideoTable {...select} sort={sort} onSort={onSort} onDelete={setDeleting} />
      ) : (
        <VideoCards {...select} onDelete={setDeleting} />
      )}
      {deleting && (
        <DeleteVideoDialog
          video={deleting}
          onCancel={() => setDeleting(null)}
          onDeleted={() => {
            setDeleting(null);
            onDeleted(deleting);
          }}
        />
      )}
    </>
  );
}
