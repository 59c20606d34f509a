import { useRef, useState } from "preact/hooks";
import type { PlaylistItem, PlaylistPage } from "../../workers/contract/playlists.ts";
import { getPlaylist, putInPlaylist, removeFromPlaylist } from "../api.ts";
import { type ApiError, toApiError } from "../api-error.ts";
import { useLoad } from "../use-load.ts";
import { movedTo, numbered, placeOf } from "./playlist-order.ts";

export interface EditablePlaylist {
  /** The playlist with all videos loaded so far; undefined while it loads. */
  playlist: PlaylistPage | undefined;
  error: ApiError | undefined;
  reload: () => void;
  /** Loads the next page of videos. */
  loadMore: () => void;
  /** Why the last change failed; the playlist was reloaded then. */
  changeError: ApiError | null;
  /** Moves a video to a position among the loaded ones, from 0. */
  move: (videoId: string, index: number) => void;
  setSeason: (videoId: string, season: number) => void;
  remove: (videoId: string) => void;
}

/** A playlist with its videos that its account can change. A change is shown at once and undone if it fails. */
export function useEditablePlaylist(id: string): EditablePlaylist {
  const loaded = useLoad((signal) => getPlaylist(id, {}, signal), [id]);
  const [changeError, setChangeError] = useState<ApiError | null>(null);
  const queue = useRef(Promise.resolve());
  const playlist = loaded.data?.id === id ? loaded.data : undefined;

  function show(items: PlaylistItem[]): void {
    if (playlist) loaded.set({ ...playlist, items });
  }
  /** Changes are sent one after the other, in the order in which they were made. */
  function change(action: () => Promise<unknown>): void {
    setChangeError(null);
    queue.current = queue.current.then(action).then(
      () => undefined,
      (error: unknown) => {
        setChangeError(toApiError(error));
        loaded.reload();
      },
    );
  }

  return {
    playlist,
    error: loaded.error,
    reload: loaded.reload,
    loadMore: () =>
      change(async () => {
        if (!playlist?.nextCursor) return;
        const next = await getPlaylist(id, { cursor: playlist.nextCursor });
        loaded.set({ ...next, items: [...playlist.items, ...next.items] });
      }),
    changeError,
    move: (videoId, index) => {
      if (!playlist) return;
      const items = movedTo(playlist.items, videoId, index);
      show(items);
      change(() => putInPlaylist(id, videoId, placeOf(playlist, items, index)));
    },
    setSeason: (videoId, season) =>
      change(async () => {
        await putInPlaylist(id, videoId, { season });
        loaded.reload();
      }),
    remove: (videoId) => {
      if (!playlist) return;
      show(numbered(playlist.items.filter(({ video }) => video.id !== videoId)));
      change(() => removeFromPlaylist(id, videoId));
    },
  };
}
