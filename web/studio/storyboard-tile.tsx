import { useEffect, useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { loadStoryboard } from "./load-storyboard.ts";
import { posterFileOf, type StoryboardTile } from "./storyboard.ts";

/** The frames of a video's storyboard; empty while there is none. */
export function useStoryboard(video: Video): StoryboardTile[] {
  const { id, duration } = video;
  const [tiles, setTiles] = useState<StoryboardTile[]>([]);
  useEffect(() => {
    // The duration is known once the source has been probed.
    if (duration === null) return undefined;
    const abort = new AbortController();
    loadStoryboard(id, abort.signal).then(setTiles, () => undefined);
    return () => abort.abort();
    // A new poster comes with a new storyboard.
  }, [id, posterFileOf(video), duration === null]);
  return tiles;
}

interface Props {
  tile: StoryboardTile;
  tiles: readonly StoryboardTile[];
  /** Text alternative; without it, it is decorative. */
  label?: string;
}

/** Crops a tile from its sheet, as wide as there is room. */
export function Tile({ tile, tiles, label }: Props) {
  const { x, y, width, height } = tile;
  const sheet = tiles.filter((other) => other.sheet === tile.sheet);
  const sheetWidth = Math.max(...sheet.map((other) => other.x + other.width));
  const sheetHeight = Math.max(...sheet.map((other) => other.y + other.height));
  return (
    <span
      class="poster-frame"
      {...(label === undefined
        ? { "aria-hidden": "true" as const }
        : { role: "img" as const, "aria-label": label })}
      style={{
        aspectRatio: `${width} / ${height}`,
        backgroundImage: `url(${JSON.stringify(tile.sheet)})`,
        backgroundSize: `${(100 * sheetWidth) / width}% ${(100 * sheetHeight) / height}%`,
        backgroundPosition: `${(100 * x) / Math.max(1, sheetWidth - width)}% ${(100 * y) / Math.max(1, sheetHeight - height)}%`,
      }}
    />
  );
}
