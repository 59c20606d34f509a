/** Marks a value that the playlist grammar writes without quotes: numbers, enumerations, resolutions. */
export interface Bare {
  bare: string | number;
}

export const bare = (value: string | number): Bare => ({ bare: value });

/** A quoted-string holds neither a double quote nor a line break, and there is no escape for them (RFC 8216bis, 4.2). */
function quoted(value: string): string {
  return `"${value.replaceAll('"', "\u201d").replaceAll(/[\r\n]+/g, " ")}"`;
}

/** A tag with its attribute list. Strings are quoted, undefined attributes left out. */
export function tag(name: string, attributes: Record<string, string | Bare | undefined>): string {
  const attributeList = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return `${key}=${typeof value === "string" ? quoted(value) : value.bare}`;
  });
  return `#${name}:${attributeList.join(",")}`;
}

/** EXT-X-MAP needs version 6 or later; every player of fMP4 knows 7. */
export const HEADER = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"];

export const lines = (...parts: (string | string[])[]): string => `${parts.flat().join("\n")}\n`;
