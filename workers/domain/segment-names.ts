/** The transcoder stores one init segment per chunk and rendition, under this file name. */
export const INIT_SEGMENT_NAME = "init.mp4";

/** File name of a media segment. @param index position in the rendition, from 0 */
export function segmentName(index: number): string {
  return `${String(index).padStart(5, "0")}.m4s`;
}

/** The number of the media segment stored under a key; null for anything else. */
export function segmentIndex(key: string): number | null {
  const [, digits] = /\/(\d{5,7})\.m4s$/.exec(key) ?? [];
  return digits === undefined ? null : Number(digits);
}
