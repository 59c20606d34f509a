import "./library.css";
import type { SavedVideos } from "../../workers/contract/library.ts";
import { getVideo, listLikes, listWatchlist } from "../api.ts";
import { usePageTitle } from "../components/page-title.ts";
import { RequireAccount } from "../components/require-account.tsx";
import { account } from "../session.ts";
import { LibraryTabs } from "./library-tabs.tsx";
import { localWatchlist } from "./local-watchlist.ts";
import { changeLike, changeWatchlist } from "./marks.ts";
import { OwnPlaylists } from "./own-playlists.tsx";
import { SavedVideoGrid } from "./saved-videos.tsx";
import { rich, t } from "../i18n/translate.ts";

/** The watchlist of the account or, without one, of this browser. */
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

/** A creator chooses in the form whether it is a series. */
const PLAYLISTS_ONLY = ["playlist"] as const;

/** The playlists of the account. */
export function Playlists() {
  usePageTitle(t("library.playlists"));
  return (
    <RequireAccount reason={t("library.playlistsReason")}>
      <OwnPlaylists
        title={t("library.playlists")}
        kinds={PLAYLISTS_ONLY}
        tabs={<LibraryTabs current="/library/playlists" />}
      />
    </RequireAccount>
  );
}
