/** The layout of the one sheet of small pictures that players show over the seek bar. */
export type Storyboard = {
  /** Pixels of one tile. */
  width: number;
  height: number;
  columns: number;
  rows: number;
  /** Seconds between tiles. */
  interval: number;
  count: number;
};

const TILE_AREA = 160 * 90;
const MAX_TILES = 100;
const MIN_INTERVAL = 1;
/** Seconds of film for one tile while the sheet is not full. */
const COMFORTABLE_INTERVAL = 2;

const even = (value: number): number => Math.max(16, 2 * Math.round(value / 2));

/**
 * A sheet for a film: about one tile every two seconds, at most 100 in all, each of the same area whatever its shape.
 *
 * @param duration seconds
 */
export const layoutStoryboard = (
  duration: number,
  picture: { width: number; height: number },
): Storyboard => {
  const ratio = Math.min(4, Math.max(0.25, picture.width / picture.height));
  const interval = Math.max(
    MIN_INTERVAL,
    duration < COMFORTABLE_INTERVAL * 10 ? duration / 10 : COMFORTABLE_INTERVAL,
    duration / MAX_TILES,
  );
  const count = Math.min(MAX_TILES, Math.max(1, Math.ceil(duration / interval - 1e-6)));
  const columns = Math.min(10, Math.ceil(Math.sqrt(count)));
  return {
    width: even(Math.sqrt(TILE_AREA * ratio)),
    height: even(Math.sqrt(TILE_AREA / ratio)),
    columns,
    rows: Math.ceil(count / columns),
    interval,
    count,
  };
};

const timestamp = (seconds: number): string => {
  const milliseconds = Math.round(seconds * 1000);
  const pad = (value: number, digits: number): string => String(value).padStart(digits, "0");
  const minutes = Math.floor(milliseconds / 60_000);
  return `${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}:${pad(Math.floor(milliseconds / 1000) % 60, 2)}.${pad(milliseconds % 1000, 3)}`;
};

/** WebVTT whose cues name tiles by media fragment (`#xywh=`), for the whole film without a gap. */
export const storyboardVtt = (storyboard: Storyboard, duration: number, image: string): string => {
  const cues = Array.from({ length: storyboard.count }, (_, index) => {
    const start = index * storyboard.interval;
    const end =
      index === storyboard.count - 1
        ? Math.max(duration, start + 0.001)
        : start + storyboard.interval;
    const x = (index % storyboard.columns) * storyboard.width;
    const y = Math.floor(index / storyboard.columns) * storyboard.height;
    return `${timestamp(start)} --> ${timestamp(end)}\n${image}#xywh=${x},${y},${storyboard.width},${storyboard.height}\n`;
  });
  return `WEBVTT\n\n${cues.join("\n")}`;
};
