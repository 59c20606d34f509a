import { useEffect, useRef, useState } from "preact/hooks";
import type { PlaylistItem, PlaylistPage } from "../../workers/contract/playlists.ts";
import { CreatorLink, titleOf } from "../components/creator-link.tsx";
import { Icon } from "../components/icon.tsx";
import { Poster } from "../components/video-card.tsx";
import { addressIn } from "./playlist-names.ts";
import type { EditablePlaylist } from "./use-playlist.ts";
import { useRowDrag } from "./use-row-drag.ts";
import { t } from "../i18n/translate.ts";

interface Props {
  playlist: PlaylistPage;
  /** The functions for its own account; null for all others. */
  editing: EditablePlaylist | null;
}

/**
 * The videos of a playlist in order. Its account moves a video by dragging its handle, or with the arrow keys while the
 * handle has the focus.
 */
export function PlaylistItems({ playlist, editing }: Props) {
  const { items } = playlist;
  const [news, setNews] = useState("");
  const list = useRef<HTMLOListElement>(null);
  /** The handle that keeps the focus while its row moves. */
  const focused = useRef<string | null>(null);
  const drag = useRowDrag("playlist-row", (from, to) => moveRow(from, to));

  function moveRow(from: number, to: number): void {
    const item = items[from];
    if (!editing || !item || to < 0 || to >= items.length) return;
    focused.current = item.video.id;
    editing.move(item.video.id, to);
    setNews(t("library.moved", { title: titleOf(item.video), place: to + 1, count: items.length }));
  }
  useEffect(() => {
    const id = focused.current;
    if (id === null) return;
    focused.current = null;
    list.current?.querySelector<HTMLElement>(`[data-video="${id}"]`)?.focus();
  }, [items]);

  return (
    <>
      <p class="visually-hidden" role="status">
        {news}
      </p>
      <ol class="playlist-rows" ref={list}>
        {items.map((item, index) => (
          <li
            key={item.video.id}
            class={`playlist-row ${drag.target === index ? "playlist-row-target" : ""}`}
          >
            {playlist.kind === "series" && item.episode === 1 && (
              <h2 class="playlist-season">{t("library.season", { season: item.season })}</h2>
            )}
            {editing && (
              <button
                type="button"
                class="button-plain playlist-handle"
                data-video={item.video.id}
                aria-label={t("library.move", {
                  title: titleOf(item.video),
                  place: index + 1,
                  count: items.length,
                })}
                title={t("library.dragHint")}
                {...drag.handlersOf(index)}
                onKeyDown={(event) => {
                  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
                  if (step === undefined) return;
                  event.preventDefault();
                  moveRow(index, index + step);
                }}
              >
                <Icon name="drag" />
              </button>
            )}
            <span class="playlist-number soft">{item.episode}</span>
            <RowLink item={item} playlistId={playlist.id} />
            {editing && <RowControls item={item} playlist={playlist} editing={editing} />}
          </li>
        ))}
      </ol>
    </>
  );
}

function RowLink({ item: { video }, playlistId }: { item: PlaylistItem; playlistId: string }) {
  return (
    <div class="playlist-video card-beside">
      <a class="card-link" href={addressIn(playlistId, video.id)}>
        <Poster video={video} />
        <strong class="card-title" dir="auto">
          {titleOf(video)}
        </strong>
      </a>
      <p class="card-facts soft">
        <CreatorLink video={video} />
      </p>
    </div>
  );
}

interface ControlProps extends Props {
  item: PlaylistItem;
  editing: EditablePlaylist;
}

function RowControls({ item: { video, season }, playlist, editing }: ControlProps) {
  const lastSeason = playlist.items.at(-1)?.season ?? 1;
  const seasons = Array.from({ length: lastSeason + 1 }, (_, index) => index + 1);
  return (
    <div class="playlist-controls">
      {playlist.kind === "series" && (
        <select
          class="input"
          aria-label={t("library.seasonOf", { title: titleOf(video) })}
          value={season}
          onChange={(event) => editing.setSeason(video.id, Number(event.currentTarget.value))}
        >
          {seasons.map((number) => (
            <option key={number} value={number}>
              {t("library.season", { season: number })}
            </option>
          ))}
        </select>
      )}
      <button
        type="button"
        class="button-plain"
        aria-label={t("library.remove", { title: titleOf(video) })}
        title={t("common.remove")}
        onClick={() => editing.remove(video.id)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
