import type {
  Playlist,
  PlaylistItem,
  PlaylistItemPut,
  PlaylistPage,
} from "../../workers/contract/playlists.ts";

/** Series before playlists, each in their original order. */
export function seriesFirst(playlists: readonly Playlist[]): Playlist[] {
  return playlists.toSorted((a, b) => Number(b.kind === "series") - Number(a.kind === "series"));
}

/** The items after a video was moved; in a series it joins the season of the item that it replaced. */
export function movedTo(
  items: readonly PlaylistItem[],
  videoId: string,
  index: number,
): PlaylistItem[] {
  const from = items.findIndex(({ video }) => video.id === videoId);
  const moved = items[from];
  const target = items[index];
  if (!moved || !target || from === index) return [...items];
  const others = items.filter((item) => item !== moved);
  return numbered([
    ...others.slice(0, index),
    { ...moved, season: target.season },
    ...others.slice(index),
  ]);
}

/** The items with new episode numbers, which start over in every season. */
export function numbered(items: readonly PlaylistItem[]): PlaylistItem[] {
  let [season, episode] = [-1, 0];
  return items.map((item) => {
    episode = item.season === season ? episode + 1 : 1;
    ({ season } = item);
    return { ...item, episode };
  });
}

/** The position of an item in the server's form. */
export function placeOf(
  { kind }: PlaylistPage,
  items: readonly PlaylistItem[],
  index: number,
): PlaylistItemPut {
  const [before, item] = [items[index - 1], items[index]];
  if (kind === "playlist" || !item) return { after: before?.video.id ?? null };
  // The previous item may be the last of the season before.
  const after = before?.season === item.season ? before.video.id : null;
  return { after, season: item.season };
}
