const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** `53.7 GB`: a size as a form shows it, with three digits. `bytesIn` reads it. */
export function sizeText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = Number((bytes / 1000 ** power).toPrecision(3));
  return `${value} ${UNITS[power]}`;
}

/** A point or comma before three digits is ambiguous in every language. */
const SIZE = /^(\d{1,16})(?:[.,](\d{1,2}|\d{4,9}))?\s*(?:([kmgt]?)(i)?b)?$/i;
/** Their powers of a thousand. */
const PREFIXES = ["", "k", "m", "g", "t"];
const ALONE = "g";

/**
 * The bytes of a size in common spellings: `500 MB`, `1,5 TB`, `50 GiB`. A number alone is in GB.
 * @returns null for unreadable text
 */
export function bytesIn(text: string): number | null {
  const match = SIZE.exec(text.trim());
  if (!match) return null;
  const [, whole, fraction = "", prefix = ALONE, binary] = match;
  const power = PREFIXES.indexOf(prefix.toLowerCase());
  const bytes = Number(`${whole}.${fraction}`) * (binary ? 1024 : 1000) ** power;
  return bytes <= Number.MAX_SAFE_INTEGER ? Math.round(bytes) : null;
}
