/** Marks a value that the playlist grammar writes without quotes: numbers, enumerations, resolutions. */
export interface Bare {
  bare: string | number;
}

export const bare = (value: string | number): Bare => ({ bare: value });

/** A quoted-string may hold neither a double quote nor a line break (RFC 8216bis, 4.2); readers differ in escapes. */
const quoted = (value: string): string =>
  `"${value.replaceAll('"', "\u201d").replaceAll(/[\r\n]+/g, " ")}"`;

/** An attribute list; attributes that are undefined are left out, strings are quoted. */
export function tag(name: string, attributes: Record<string, string | Bare | undefined>): string {
  const list = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return `${key}=${typeof value === "string" ? quoted(value) : value.bare}`;
  });
  return `#${name}:${list.join(",")}`;
}

/** fMP4 with EXT-X-MAP needs 6, and 7 is what every player of fMP4 knows. */
export const HEADER = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"];

export const lines = (...parts: (string | string[])[]): string => `${parts.flat().join("\n")}\n`;
