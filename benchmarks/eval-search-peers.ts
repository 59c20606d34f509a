import { create, insertMultiple, search as searchOrama } from "@orama/orama";
import MiniSearch from "minisearch";
import type { Film } from "./search-record.ts";

/** Titles in order of relevance. */
export type Engine = (query: string) => Promise<string[]>;

interface PeerDocument {
  id: string;
  title: string;
  cast: string;
  tags: string;
  description: string;
}

function peerDocuments(films: readonly Film[]): PeerDocument[] {
  return films.map((film, n) => ({
    id: String(n),
    title: film.title,
    cast: film.cast.join(", "),
    tags: [...film.genres, String(film.year)].join(", "),
    description: film.description,
  }));
}

const FIELDS = ["title", "cast", "tags", "description"];
/** The fields count in the same order as in our ranking. */
const BOOST = { title: 3, cast: 2, tags: 1.5 };

export function miniSearch(films: readonly Film[]): Engine {
  const index = new MiniSearch<PeerDocument>({ fields: FIELDS, storeFields: ["title"] });
  index.addAll(peerDocuments(films));
  return async (query) =>
    index
      .search(query, { boost: BOOST, fuzzy: 0.2, prefix: true })
      .slice(0, 10)
      .map((hit) => String(hit["title"]));
}

export async function orama(films: readonly Film[]): Promise<Engine> {
  const db = create({
    schema: {
      id: "string",
      title: "string",
      cast: "string",
      tags: "string",
      description: "string",
    },
  });
  await insertMultiple(db, peerDocuments(films), 2000);
  return async (query) => {
    const found = await searchOrama(db, {
      term: query,
      properties: FIELDS as never,
      boost: BOOST,
      tolerance: 1,
      limit: 10,
    });
    return found.hits.map((hit) => String(hit.document["title"]));
  };
}
