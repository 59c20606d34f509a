import type { DatabaseSync } from "node:sqlite";

/** Every creator but the first has about this many videos. */
const VIDEOS_PER_CREATOR = 50;
/** The first creator has as many as an account may have. */
const MAX_VIDEOS_OF_FIRST = 19_000;
/** One in this many videos belongs to the first creator, and one in `PRIVATE_STEP` is private. */
const FIRST_CREATOR_STEP = 20;
const PRIVATE_STEP = 7;
const CATEGORIES = ["travel", "music", "education", "film", "sports", "technology", "other"];

/** A copy's columns: SQL for those that differ from the copied row. `n`, `id`, `owner` and `at` are the copy's own. */
type Changes = Record<string, string>;

/** Copies rows that the product's code has made, each with its own ids, times and numbers. */
export class Copies {
  readonly #firstCreator: string;
  /**
   * The same for all sizes: what has changed since a run on the smaller one must not depend on how long the copying
   * took.
   */
  readonly #now = Date.now();
  #count = 0;

  constructor(firstCreator: string) {
    this.#firstCreator = firstCreator;
  }

  /** Copies a finished video. */
  finished(sqlite: DatabaseSync, template: string, count: number): void {
    this.#prepare(sqlite, count, -3 * 86_400_000);
    const categories = CATEGORIES.map((name, index) => `WHEN ${index} THEN '${name}'`).join(" ");
    this.#copy(sqlite, "videos", template, {
      id: "id",
      owner_id: "owner",
      title: "title || ' ' || n",
      category: `CASE abs(random()) % ${CATEGORIES.length} ${categories} END`,
      visibility: `CASE WHEN n % ${PRIVATE_STEP} = 0 THEN 'private' ELSE 'public' END`,
      views: "abs(random()) % 100000",
      indexed_views: "100000",
      popularity: "(abs(random()) % 1000000) / 1e5",
      created_at: "at",
      updated_at: "at",
      published_at: "at",
    });
    this.#copy(sqlite, "transcodes", template, {
      video_id: "id",
      owner_id: "owner",
      created_at: "at",
      updated_at: "at",
    });
    this.#copy(sqlite, "storage_checks", template, { video_id: "id" });
  }

  /** Copies a video whose tasks wait. */
  active(sqlite: DatabaseSync, template: string, count: number): void {
    this.#prepare(sqlite, count, -3_600_000);
    const times = { created_at: "at", updated_at: "at" };
    this.#copy(sqlite, "videos", template, { id: "id", owner_id: "owner", ...times });
    this.#copy(sqlite, "transcodes", template, {
      video_id: "id",
      owner_id: "owner",
      state: "'active'",
      ...times,
    });
    // The triggers derive each row's scheduler state.
    this.#copy(sqlite, "tasks", template, {
      id: "hex(randomblob(11))",
      video_id: "id",
      owner_id: "owner",
      since: "at",
      created_at: "at",
      runnable: "0",
      // The copied row may have been claimed since.
      state: "'queued'",
      attempt: "0",
      failures: "0",
      interruptions: "0",
      avoid: "NULL",
      not_before: "0",
      lease_until: "NULL",
      runner: "NULL",
      started_at: "NULL",
    });
  }

  /** Ids, owners and times of the copies. @param age when the newest was made, relative to now */
  #prepare(sqlite: DatabaseSync, count: number, age: number): void {
    const first = this.#count;
    this.#count += count;
    const creators = Math.max(1, Math.round(this.#count / VIDEOS_PER_CREATOR));
    const hasRoom = `n / ${FIRST_CREATOR_STEP} < ${MAX_VIDEOS_OF_FIRST}`;
    sqlite.exec(`
      DROP TABLE IF EXISTS temp.copies;
      CREATE TEMP TABLE copies AS
      WITH RECURSIVE numbers(n) AS (
        SELECT ${first} UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${first + count})
      SELECT n, hex(randomblob(11)) AS id,
        CASE WHEN n % ${FIRST_CREATOR_STEP} = 0 AND ${hasRoom} THEN '${this.#firstCreator}'
          ELSE printf('Creator%015d', abs(random()) % ${creators}) END AS owner,
        ${this.#now + age} - (${first + count} - n) * 1000 AS at
      FROM numbers`);
  }

  #copy(sqlite: DatabaseSync, table: string, template: string, changes: Changes): void {
    const columns = sqlite.prepare(`PRAGMA table_info(${table})`).all() as { name: string }[];
    const names = columns.map(({ name }) => name);
    const key = names.includes("video_id") ? "video_id" : "id";
    const valueOf = (name: string) => {
      const change = changes[name];
      if (change === undefined) return `source.${name}`;
      return change
        .replaceAll(/\btitle\b/g, "source.title")
        .replace(/^(id|owner|at|n)$/, "copies.$1");
    };
    sqlite.exec(`
      INSERT INTO ${table} (${names.join(", ")})
      SELECT ${names.map(valueOf).join(", ")}
      FROM copies CROSS JOIN ${table} AS source WHERE source.${key} = '${template}'`);
  }
}
