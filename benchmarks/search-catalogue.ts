import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Film, SampleVideo } from "./search-record.ts";

const CATALOGUE = join(import.meta.dirname, "../../shared/catalog/movies.ndjson.gz");

/** The real records of the film catalogue; exits with one clear line if they are missing. */
export function readFilms(): Film[] {
  if (!existsSync(CATALOGUE)) {
    console.error("../shared/catalog/movies.ndjson.gz is missing; this benchmark needs it.");
    process.exit(1);
  }
  const lines = gunzipSync(readFileSync(CATALOGUE)).toString("utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Film);
}

export type Random = () => number;

/** mulberry32: the same numbers for the same seed on every machine. */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

export const pick = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)] as T;

const CATEGORIES = ["film", "series", "documentary", "animation", "comedy", "other"];
const LANGUAGES = ["en", "en", "en", "en", "fr", "de", "es", "ja"];
const HEIGHTS = [480, 720, 1080, 1080, 2160];
const LATEST_PUBLICATION_MS = Date.UTC(2026, 10, 1);
const PUBLICATION_SPAN_MS = 6 * 365 * 86_400_000;

/**
 * Video number `n` of a catalogue of any size: the real films first, then new ones combined from halves of real titles, real
 * casts and real descriptions, so that word frequencies stay those of the real text.
 */
export function sampleVideo(films: readonly Film[], n: number): SampleVideo {
  const random = seeded(n + 1);
  const film = films[n] ?? recombined(films, random);
  return {
    ...film,
    id: `s${n.toString(36).padStart(21, "0")}`,
    category: pick(random, CATEGORIES),
    duration:
      Math.round(300 + 9000 * random() * random() * 1000) / 1000 + Math.floor(6000 * random()),
    height: pick(random, HEIGHTS),
    hdr: random() < 0.1,
    captions: random() < 0.4,
    language: pick(random, LANGUAGES),
    views: Math.floor(10 ** (7 * random() ** 3)) - 1,
    publishedAt: LATEST_PUBLICATION_MS - Math.floor(random() * PUBLICATION_SPAN_MS),
  };
}

function recombined(films: readonly Film[], random: Random): Film {
  const [one, other, third] = [pick(random, films), pick(random, films), pick(random, films)];
  const [head, tail] = [one.title.split(" "), other.title.split(" ")];
  return {
    title: [
      ...head.slice(0, Math.ceil(head.length / 2)),
      ...tail.slice(Math.floor(tail.length / 2)),
    ].join(" "),
    year: one.year,
    cast: [...one.cast.slice(0, 3), ...third.cast.slice(0, 2)],
    genres: other.genres,
    description: third.description,
  };
}
