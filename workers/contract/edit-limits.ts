/** Parts of a source that one edit can keep. */
export const MAX_KEPT_RANGES = 50;
/** The minimum length of an edited video, in seconds. */
export const MIN_EDITED_SECONDS = 1;
/** Places of a watermark. */
export const WATERMARK_POSITIONS = [
  "top-left",
  "top-right",
  "bottom-left",
  "bottom-right",
  "center",
] as const;
export type WatermarkPosition = (typeof WATERMARK_POSITIONS)[number];
/** Between a watermark and the edges, as a share of the shorter side. */
export const WATERMARK_MARGIN = 0.03;
/** Shares of the width of the video. */
export const WATERMARK_SIZES = { min: 0.02, max: 1 } as const;
export const MIN_WATERMARK_OPACITY = 0.05;
/** Pictures of one video that wait to be used, or are. */
export const MAX_WATERMARKS = 20;
/** Audio files of one video that wait to be used, or are. */
export const MAX_ADDED_AUDIO = 20;
/** Edits that a creator can return to at once, besides the one that plays. Older ones are encoded again. */
export const MAX_KEPT_VERSIONS = 5;
/** Files that were replaced and can be returned to, with their edits. */
export const MAX_EARLIER_FILES = 5;
