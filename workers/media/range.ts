/** A range of an object, in bytes. */
export interface ByteRange {
  offset: number;
  length: number;
}

/**
 * Reads a Range header for an object of `size` bytes (RFC 9110, 14.2).
 * @returns undefined to answer with the whole object: no header, another unit than bytes, several ranges, or a malformed one;
 *   null when the range lies outside the object (416)
 */
export function parseRange(header: string | null, size: number): ByteRange | null | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? null : { offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < offset) return undefined;
  return offset >= size ? null : { offset, length: end - offset + 1 };
}

export const contentRange = ({ offset, length }: ByteRange, size: number): string =>
  `bytes ${offset}-${offset + length - 1}/${size}`;

/** True if an If-None-Match header contains the ETag by weak comparison (RFC 9110, 13.1.2). */
export function matchesEtag(header: string | null, etag: string): boolean {
  if (header === null) return false;
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, "");
  return header.trim() === "*" || header.split(",").some((tag) => opaque(tag) === opaque(etag));
}
