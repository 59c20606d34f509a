import "./library.css";
import "./playlist.css";
import { useLocation, useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import type { PlaylistPage } from "../../workers/contract/playlists.ts";
import { isBlank } from "../../workers/contract/unseen-text.ts";
import { creatorAddress } from "../addresses.ts";
import { deletePlaylist } from "../api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { FormError } from "../components/form-error.tsx";
import { Icon } from "../components/icon.tsx";
import { NotFound } from "../components/not-found.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { EmptyState, ErrorState, SkeletonCards } from "../components/states.tsx";
import { shownText } from "../format.ts";
import { account, canCreate } from "../session.ts";
import { AddVideosDialog } from "./add-videos.tsx";
import { PlaylistForm } from "./playlist-form.tsx";
import { PlaylistItems } from "./playlist-items.tsx";
import { addressIn, VISIBILITY_NAMES } from "./playlist-names.ts";
import { type EditablePlaylist, useEditablePlaylist } from "./use-playlist.ts";
import { t } from "../i18n/translate.ts";

/** Ids in the API's form. */
const PLAYLIST_ID = /^[0-9A-Za-z]{34}$/;

/** The page of a playlist or a series. An invalid id is an unknown address: no request is sent. */
export function OpenPlaylist() {
  const id = useRoute().params["id"] ?? "";
  return PLAYLIST_ID.test(id) ? <PlaylistOf id={id} /> : <NotFound />;
}

/** The account that owns it can edit it here. */
function PlaylistOf({ id }: { id: string }) {
  const editable = useEditablePlaylist(id);
  const { playlist, error, reload } = editable;
  usePageTitle(playlist?.title ?? null);
  if (error)
    return (
      <div class="page">
        <ErrorState error={error} onRetry={reload} />
      </div>
    );
  if (!playlist)
    return (
      <div class="page" aria-busy="true">
        <SkeletonCards count={4} />
      </div>
    );
  // A profile with a limit may only watch.
  const isOwn = account.value?.id === playlist.creator.id && !account.value.isLimited;
  return (
    <div class="page playlist-page">
      <PlaylistHead playlist={playlist} isOwn={isOwn} onChanged={reload} />
      <div class="playlist-body">
        <FormError error={editable.changeError} />
        {playlist.items.length === 0 ? (
          <NoVideos isOwn={isOwn} />
        ) : (
          <PlaylistItems playlist={playlist} editing={isOwn ? editable : null} />
        )}
        <MoreVideos editable={editable} />
      </div>
    </div>
  );
}

function MoreVideos({ editable: { playlist, loadMore } }: { editable: EditablePlaylist }) {
  if (!playlist?.nextCursor) return null;
  return (
    <button type="button" class="button" onClick={loadMore}>
      {t("common.showMore")}
    </button>
  );
}

function NoVideos({ isOwn }: { isOwn: boolean }) {
  return (
    <EmptyState
      title={t("library.playlistEmpty")}
      heading="h2"
      action={
        isOwn &&
        !canCreate.value && (
          <a class="button button-signal" href="/">
            {t("common.browse")}
          </a>
        )
      }
    >
      {!isOwn
        ? t("library.playlistEmptyText")
        : canCreate.value
          ? t("library.addVideosText")
          : t("library.playlistEmptyOwn")}
    </EmptyState>
  );
}

function CopyLink({ id }: { id: string }) {
  const [isCopied, setCopied] = useState(false);
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(`${location.origin}/playlist/${id}`);
    setCopied(true);
  }
  return (
    <>
      <button type="button" class="button" onClick={() => void copy()}>
        <Icon name={isCopied ? "check" : "share"} />
        {isCopied ? t("common.copied") : t("library.copyLink")}
      </button>
      <span class="visually-hidden" role="status">
        {isCopied ? t("common.copied") : ""}
      </span>
    </>
  );
}

interface HeadProps {
  playlist: PlaylistPage;
  isOwn: boolean;
  onChanged: () => void;
}

function PlaylistHead({ playlist, isOwn, onChanged }: HeadProps) {
  const { route } = useLocation();
  const [dialog, setDialog] = useState<"add" | "edit" | "delete" | null>(null);
  const first = playlist.items[0];
  const close = () => setDialog(null);
  return (
    <header class="playlist-head">
      <p class="label">
        {playlist.kind === "series" ? t("library.series") : t("library.playlist")}
      </p>
      <h1 dir="auto">{playlist.title}</h1>
      <p class="card-facts soft">
        <a href={creatorAddress(playlist.creator.id)} dir="auto">
          {shownText(playlist.creator.name, t("header.unnamed"))}
        </a>
        <span>{t("search.total", { count: playlist.videoCount })}</span>
        <span>{t(VISIBILITY_NAMES[playlist.visibility])}</span>
      </p>
      {!isBlank(playlist.description) && (
        <p class="playlist-description" dir="auto">
          {playlist.description}
        </p>
      )}
      <div class="library-actions">
        {first && (
          <a class="button button-signal" href={addressIn(playlist.id, first.video.id)}>
            <Icon name="play" />
            {t("library.playAll")}
          </a>
        )}
        {playlist.visibility !== "private" && <CopyLink id={playlist.id} />}
        {isOwn && (
          <>
            {canCreate.value && (
              <button
                type="button"
                class={first ? "button" : "button button-signal"}
                onClick={() => setDialog("add")}
              >
                {t("library.addVideos")}
              </button>
            )}
            <button type="button" class="button" onClick={() => setDialog("edit")}>
              {t("library.edit")}
            </button>
            <button type="button" class="button" onClick={() => setDialog("delete")}>
              {t("common.delete")}
            </button>
          </>
        )}
      </div>
      {dialog === "add" && (
        <AddVideosDialog
          playlist={playlist}
          onClose={() => {
            close();
            onChanged();
          }}
        />
      )}
      {dialog === "edit" && (
        <PlaylistForm
          playlist={playlist}
          onCancel={close}
          onSaved={() => {
            close();
            onChanged();
          }}
        />
      )}
      {dialog === "delete" && (
        <ConfirmDialog
          title={playlist.kind === "series" ? t("library.deleteSeries") : t("library.deleteTitle")}
          action={t("common.delete")}
          onCancel={close}
          onConfirm={async () => {
            await deletePlaylist(playlist.id);
            route(playlist.kind === "series" ? "/studio/playlists" : "/library/playlists");
          }}
        >
          {t("library.deleteText")}
        </ConfirmDialog>
      )}
    </header>
  );
}
