/** File names of what the transcoder stores and playlists name: one init segment per chunk and rendition ... */
export const INIT_SEGMENT_NAME = "init.mp4";

/** ... and its media segments. @param index number of the segment in the whole rendition, from 0 */
export const segmentName = (index: number): string => `${String(index).padStart(5, "0")}.m4s`;

/** The number of the media segment stored under a key; null for anything else. */
export function segmentIndex(key: string): number | null {
  const [, digits] = /\/(\d{5,7})\.m4s$/.exec(key) ?? [];
  return digits === undefined ? null : Number(digits);
}
