import "./library.css";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Playlist, PlaylistKind } from "../../workers/contract/playlists.ts";
import { listPlaylists } from "../api.ts";
import { EmptyState, ErrorState, SkeletonCards } from "../components/states.tsx";
import { useLoad } from "../use-load.ts";
import { PlaylistCard } from "./playlist-card.tsx";
import { PlaylistForm } from "./playlist-form.tsx";
import { seriesFirst } from "./playlist-order.ts";
import { t } from "../i18n/translate.ts";

interface Props {
  title: string;
  tabs: ComponentChildren;
  /** The kinds that can be created, most important first. */
  kinds: readonly PlaylistKind[];
  /** Called with the new playlist. */
  onCreated?: (playlist: Playlist) => void;
}

/** All playlists and series of the account, and the way to new ones. */
export function OwnPlaylists({ title, tabs, kinds, onCreated }: Props) {
  const [creating, setCreating] = useState<PlaylistKind | null>(null);
  const loaded = useLoad((signal) => listPlaylists(undefined, signal), []);
  const items = loaded.data?.items;
  return (
    <div class="page">
      <header class="page-head">
        <h1>{title}</h1>
        <div class="library-actions">
          {kinds.map((kind, index) => (
            <button
              key={kind}
              type="button"
              class={index === 0 ? "button button-signal" : "button"}
              onClick={() => setCreating(kind)}
            >
              {kind === "series" ? t("library.newSeries") : t("library.newPlaylist")}
            </button>
          ))}
        </div>
      </header>
      {tabs}
      {loaded.error ? (
        <ErrorState heading="h2" error={loaded.error} onRetry={loaded.reload} />
      ) : !items ? (
        <SkeletonCards count={4} />
      ) : items.length === 0 ? (
        <EmptyState title={t("library.playlistsEmpty")} heading="h2">
          {t("library.playlistsEmptyText")}
        </EmptyState>
      ) : (
        <>
          <h2 class="visually-hidden">{t("library.yourPlaylists")}</h2>
          <ul class="grid">
            {seriesFirst(items).map((playlist) => (
              <li key={playlist.id}>
                <PlaylistCard playlist={playlist} />
              </li>
            ))}
          </ul>
        </>
      )}
      {creating && (
        <PlaylistForm
          kind={kinds.length > 1 ? creating : undefined}
          onSaved={(created) => {
            setCreating(null);
            loaded.reload();
            if (created) onCreated?.(created);
          }}
          onCancel={() => setCreating(null)}
        />
      )}
    </div>
  );
}
