import "./library.css";
import { useState } from "preact/hooks";
import type { SavedVideos } from "../../workers/contract/library.ts";
import { getVideo, listLikes, listPlaylists, listWatchlist } from "../api.ts";
import { usePageTitle } from "../components/page-title.ts";
import { RequireAccount } from "../components/require-account.tsx";
import { EmptyState, ErrorState, SkeletonCards } from "../components/states.tsx";
import { account } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { LibraryTabs } from "./library-tabs.tsx";
import { localWatchlist } from "./local-watchlist.ts";
import { changeLike, changeWatchlist } from "./marks.ts";
import { PlaylistCard } from "./playlist-card.tsx";
import { PlaylistForm } from "./playlist-form.tsx";
import { SavedVideoGrid } from "./saved-videos.tsx";
import { rich, t } from "../i18n/translate.ts";

/** What the viewer wants to watch: of the account, or without one of this browser. */
export function Watchlist() {
  usePageTitle(t("library.watchlist"));
  const isLocal = account.value === null;
  return (
    <div class="page" aria-busy={account.value === undefined}>
      <header class="page-head">
        <h1>{t("library.watchlist")}</h1>
      </header>
      <LibraryTabs current="/library" />
      {isLocal && (
        <p class="notice">
          {rich("library.localList", {
            link: (chunks) => <a href="/sign-in?next=/library">{chunks}</a>,
          })}
        </p>
      )}
      {account.value !== undefined && (
        <SavedVideoGrid
          key={String(isLocal)}
          name={isLocal ? "local watchlist" : "watchlist"}
          load={isLocal ? loadLocal : listWatchlist}
          remove={({ id }) => changeWatchlist(id, false)}
          emptyTitle={t("library.watchlistEmpty")}
        >
          {t("library.watchlistEmptyText")}
        </SavedVideoGrid>
      )}
    </div>
  );
}

/** The videos of this browser's list that still exist. */
async function loadLocal(_cursor: string | undefined, signal: AbortSignal): Promise<SavedVideos> {
  const found = await Promise.allSettled(localWatchlist().map((id) => getVideo(id, signal)));
  const items = found.flatMap((each) =>
    each.status === "fulfilled" ? [{ video: each.value, addedAt: each.value.createdAt }] : [],
  );
  return { items, nextCursor: null };
}

/** The videos that the account likes. */
export function Likes() {
  usePageTitle(t("library.likedVideos"));
  return (
    <RequireAccount reason={t("library.likesReason")}>
      <div class="page">
        <header class="page-head">
          <h1>{t("library.likedVideos")}</h1>
        </header>
        <LibraryTabs current="/library/likes" />
        <SavedVideoGrid
          name="likes"
          load={listLikes}
          remove={({ id }) => changeLike(id, false)}
          emptyTitle={t("library.likesEmpty")}
        >
          {t("library.likesEmptyText")}
        </SavedVideoGrid>
      </div>
    </RequireAccount>
  );
}

/** The playlists of the account. */
export function Playlists() {
  usePageTitle(t("library.playlists"));
  return (
    <RequireAccount reason={t("library.playlistsReason")}>
      <OwnPlaylists />
    </RequireAccount>
  );
}

function OwnPlaylists() {
  const [isCreating, setCreating] = useState(false);
  const loaded = useLoad((signal) => listPlaylists(undefined, signal), []);
  const items = loaded.data?.items;
  const createButton = (
    <button type="button" class="button button-signal" onClick={() => setCreating(true)}>
      {t("library.newPlaylist")}
    </button>
  );
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t("library.playlists")}</h1>
        {items && items.length > 0 && createButton}
      </header>
      <LibraryTabs current="/library/playlists" />
      {loaded.error ? (
        <ErrorState heading="h2" error={loaded.error} onRetry={loaded.reload} />
      ) : !items ? (
        <SkeletonCards count={4} />
      ) : items.length === 0 ? (
        <EmptyState title={t("library.playlistsEmpty")} heading="h2" action={createButton}>
          {t("library.playlistsEmptyText")}
        </EmptyState>
      ) : (
        <>
          <h2 class="visually-hidden">{t("library.yourPlaylists")}</h2>
          <ul class="grid">
            {items.map((playlist) => (
              <li key={playlist.id}>
                <PlaylistCard playlist={playlist} />
              </li>
            ))}
          </ul>
        </>
      )}
      {isCreating && (
        <PlaylistForm
          onSaved={() => {
            setCreating(false);
            loaded.reload();
          }}
          onCancel={() => setCreating(false)}
        />
      )}
    </div>
  );
}
