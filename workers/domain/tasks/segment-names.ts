/** The transcoder stores one init segment per chunk and rendition, under this file name. */
export const INIT_SEGMENT_NAME = "init.mp4";

/** File name of a media segment. @param index position in the rendition, from 0 */
export function segmentName(index: number): string {
  return `${String(index).padStart(5, "0")}.m4s`;
}

/**
 * File name of the leading I-frame of an encrypted segment. It exists only when it is requested: nothing is stored there.
 * @param name of the segment
 * @param bytes to the end of the frame, before encryption
 */
export function encryptedFrameName(name: string, bytes: number): string {
  return name.replace(/\.m4s$/, `.${bytes}.m4s`);
}

/** Parses what `encryptedFrameName` makes, with any folder before it; null for any other path. */
export function parseEncryptedFrame(path: string): { segment: string; bytes: number } | null {
  const [, segment, bytes] = /^(.*\d{5,7})\.(\d{1,8})\.m4s$/.exec(path) ?? [];
  return segment === undefined ? null : { segment: `${segment}.m4s`, bytes: Number(bytes) };
}

/** The number of the media segment stored under a key; null for anything else. */
export function segmentIndex(key: string): number | null {
  const [, digits] = /\/(\d{5,7})\.m4s$/.exec(key) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** Name of a part of an edited source in the folder of the task that has rendered it. */
export const EDITED_PART_NAME = "part.mp4";
