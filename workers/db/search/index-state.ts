import { counted } from "../statement-count.ts";
import { z } from "zod";

/** Every table of the index exists on both sides; one side answers while the other is rebuilt. */
export type IndexSide = "a" | "b";

type SearchEnv = Pick<Env, "SEARCH">;

/** The state of the index: texts by name, in the table `index_state` of the first shard. */
export function putState(env: SearchEnv, name: string, value: string): D1PreparedStatement {
  return counted(env.SEARCH)
    .prepare(
      `INSERT INTO index_state (name, value) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET value = excluded.value`,
    )
    .bind(name, value);
}

export function getState(env: SearchEnv, name: string): Promise<string | null> {
  return counted(env.SEARCH)
    .prepare("SELECT value FROM index_state WHERE name = ?")
    .bind(name)
    .first<string>("value");
}

/** Progress of a rebuild, so that any isolate can continue it. */
const Rebuild = z.object({
  /** The side that is being filled. */
  side: z.enum(["a", "b"]),
  /** Id of the last video that was indexed; empty at the start. */
  after: z.string(),
  done: z.int(),
  /** Number of videos to index, as counted at the start. */
  total: z.int(),
  /** Milliseconds since the epoch. */
  startedAt: z.int(),
  /** Cron runs in which the next videos have failed. */
  attempts: z.int(),
  /** Videos that could not be indexed. */
  skipped: z.int(),
});
export type Rebuild = z.infer<typeof Rebuild>;

/** Which side answers, and the rebuild in progress. */
export interface IndexState {
  active: IndexSide;
  rebuild: Rebuild | null;
}

export async function readState(env: SearchEnv): Promise<IndexState> {
  const { results } = await counted(env.SEARCH)
    .prepare("SELECT name, value FROM index_state WHERE name IN ('active', 'rebuild')")
    .all<{ name: string; value: string }>();
  const values = new Map(results.map((row) => [row.name, row.value]));
  // A rebuild started by an older release may lack fields. It counts as none, so that another can begin.
  const rebuild = Rebuild.safeParse(JSON.parse(values.get("rebuild") ?? "null"));
  return { active: values.get("active") === "b" ? "b" : "a", rebuild: rebuild.data ?? null };
}
