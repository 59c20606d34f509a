/** The layout of the sheet of thumbnails that players show above the seek bar. */
export interface Storyboard {
  /** Width of one tile in pixels. */
  width: number;
  /** Height of one tile in pixels. */
  height: number;
  columns: number;
  rows: number;
  intervalSeconds: number;
  count: number;
}

const TILE_PIXELS = 160 * 90;
const MAX_TILES = 100;
const MIN_INTERVAL_SECONDS = 1;
/** The time between tiles in videos that do not fill the sheet. */
const USUAL_INTERVAL_SECONDS = 2;

const even = (value: number): number => Math.max(16, 2 * Math.round(value / 2));

/**
 * Lays out the sheet: about one tile every two seconds, at most 100 in all. Tiles have the same area for every aspect
 * ratio.
 *
 * @param duration seconds
 */
export function layoutStoryboard(
  duration: number,
  video: { width: number; height: number },
): Storyboard {
  const ratio = Math.min(4, Math.max(0.25, video.width / video.height));
  const intervalSeconds = Math.max(
    MIN_INTERVAL_SECONDS,
    duration < USUAL_INTERVAL_SECONDS * 10 ? duration / 10 : USUAL_INTERVAL_SECONDS,
    duration / MAX_TILES,
  );
  const count = Math.min(MAX_TILES, Math.max(1, Math.ceil(duration / intervalSeconds - 1e-6)));
  const columns = Math.min(10, Math.ceil(Math.sqrt(count)));
  return {
    width: even(Math.sqrt(TILE_PIXELS * ratio)),
    height: even(Math.sqrt(TILE_PIXELS / ratio)),
    columns,
    rows: Math.ceil(count / columns),
    intervalSeconds,
    count,
  };
}

function timestamp(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  const pad = (value: number, digits: number): string => String(value).padStart(digits, "0");
  const minutes = Math.floor(milliseconds / 60_000);
  return `${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}:${pad(Math.floor(milliseconds / 1000) % 60, 2)}.${pad(milliseconds % 1000, 3)}`;
}

/** WebVTT whose cues refer to tiles by media fragment (`#xywh=`) and cover the whole video without gaps. */
export function storyboardVtt(storyboard: Storyboard, duration: number, image: string): string {
  const cues = Array.from({ length: storyboard.count }, (_, index) => {
    const start = index * storyboard.intervalSeconds;
    const end =
      index === storyboard.count - 1
        ? Math.max(duration, start + 0.001)
        : start + storyboard.intervalSeconds;
    const x = (index % storyboard.columns) * storyboard.width;
    const y = Math.floor(index / storyboard.columns) * storyboard.height;
    return `${timestamp(start)} --> ${timestamp(end)}\n${image}#xywh=${x},${y},${storyboard.width},${storyboard.height}\n`;
  });
  return `WEBVTT\n\n${cues.join("\n")}`;
}
