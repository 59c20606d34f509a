import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { sampleVideo } from "./search-catalogue.ts";
import type { BenchmarkQuery } from "./search-queries.ts";
import type { Film } from "./search-record.ts";

const DEBIAN = "/usr/lib/postgresql";
const PORT = "8860";

/** Folder of Debian's PostgreSQL programs; null if it is not installed (`apt-get install postgresql`). */
export function postgresPrograms(): string | null {
  if (!existsSync(DEBIAN)) return null;
  const version = readdirSync(DEBIAN).toSorted().at(-1);
  return version ? join(DEBIAN, version, "bin") : null;
}

const SCHEMA = `
CREATE EXTENSION pg_trgm;
CREATE UNLOGGED TABLE videos (id text, title text, people text, tags text, description text, category text,
  captions boolean, duration real, views bigint, published_at timestamptz, words tsvector);
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  new.words := setweight(to_tsvector('english', new.title), 'A') || setweight(to_tsvector('simple', new.people), 'B')
    || setweight(to_tsvector('english', new.tags), 'C') || setweight(to_tsvector('english', new.description), 'D');
  RETURN new; END $$;
CREATE TRIGGER fill BEFORE INSERT ON videos FOR EACH ROW EXECUTE FUNCTION fill();`;

const INDEXES = `
SET maintenance_work_mem = '1GB';
CREATE INDEX ON videos USING gin (words);
CREATE INDEX ON videos USING gin (title gin_trgm_ops);
CREATE INDEX ON videos (published_at); CREATE INDEX ON videos (views); CREATE INDEX ON videos (duration);
ANALYZE videos;`;

/** A PostgreSQL cluster of our own. As root it runs as the user postgres, since PostgreSQL refuses to run as root. */
export class Postgres {
  readonly #bin: string;
  readonly #folder: string;

  constructor(bin: string, folder: string) {
    this.#bin = bin;
    this.#folder = folder;
  }

  #run(program: string, args: string[], input = ""): string {
    const root = process.getuid?.() === 0;
    const command = join(this.#bin, program);
    const [file, argv] = root
      ? ["runuser", ["-u", "postgres", "--", command, ...args]]
      : [command, args];
    return execFileSync(file, argv, {
      input,
      encoding: "utf8",
      cwd: "/",
      maxBuffer: 1 << 28,
      stdio: ["pipe", "pipe", "ignore"],
    });
  }

  start(): void {
    if (!existsSync(this.#folder)) {
      mkdirSync(this.#folder, { recursive: true });
      if (process.getuid?.() === 0) {
        const id = (flag: string) =>
          Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
        chownSync(this.#folder, id("-u"), id("-g"));
      }
      this.#run("initdb", ["-D", this.#folder, "--auth=trust", "--no-sync"]);
    }
    const options = `-p ${PORT} -k ${this.#folder} -c listen_addresses='' -c fsync=off -c shared_buffers=1GB -c jit=off`;
    this.#run("pg_ctl", [
      "-D",
      this.#folder,
      "-w",
      "-l",
      join(this.#folder, "log"),
      "-o",
      options,
      "start",
    ]);
  }

  stop(): void {
    this.#run("pg_ctl", ["-D", this.#folder, "-w", "-m", "fast", "stop"]);
  }

  sql(input: string): string {
    return this.#run(
      "psql",
      ["-h", this.#folder, "-p", PORT, "-U", "postgres", "-d", "postgres", "-qAt"],
      input,
    );
  }

  records(): number {
    const exists = this.sql("SELECT to_regclass('videos') IS NOT NULL").trim() === "t";
    return exists ? Number(this.sql("SELECT count(*) FROM videos")) : 0;
  }

  /** Loads the same records with COPY and then builds the indexes (PostgreSQL manual, "Populating a Database"). */
  async load(films: readonly Film[], records: number): Promise<void> {
    this.sql(SCHEMA);
    const root = process.getuid?.() === 0;
    const argv = [
      join(this.#bin, "psql"),
      "-h",
      this.#folder,
      "-p",
      PORT,
      "-U",
      "postgres",
      "-d",
      "postgres",
      "-q",
      "-c",
      "COPY videos (id, title, people, tags, description, category, captions, duration, views, published_at) FROM STDIN (FORMAT csv)",
    ];
    const psql = spawn(
      root ? "runuser" : (argv.shift() ?? ""),
      root ? ["-u", "postgres", "--", ...argv] : argv,
      { cwd: "/", stdio: ["pipe", "ignore", "inherit"] },
    );
    for (let n = 0; n < records; n++) {
      const video = sampleVideo(films, n);
      const cells = [
        video.id,
        video.title,
        video.cast.join(", "),
        [...video.genres, video.year].join(" "),
        video.description,
        video.category,
        video.captions,
        video.duration,
        video.views,
        new Date(video.publishedAt).toISOString(),
      ];
      const line = `${cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(",")}\n`;
      if (!psql.stdin.write(line)) await once(psql.stdin, "drain");
    }
    psql.stdin.end();
    await once(psql, "exit");
    this.sql(INDEXES);
  }

  bytes(): number {
    return Number(this.sql("SELECT pg_total_relation_size('videos')"));
  }

  /** Milliseconds of each search, as psql measures them; a search is cancelled after 10 s. */
  search(queries: readonly BenchmarkQuery[]): number[] {
    const script = [
      "SET statement_timeout = '10s';",
      "\\timing on",
      ...queries.map((one) => `${statement(one)};`),
    ].join("\n");
    return [...this.sql(script).matchAll(/^Time: ([\d.]+) ms/gm)].map((match) => Number(match[1]));
  }
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Full-text search with ts_rank; for typos, which full-text search does not know, trigram similarity of the title. */
function statement({ kind, query }: BenchmarkQuery): string {
  const q = query["q"] ?? "";
  const order: Record<string, string> = {
    newest: "published_at DESC",
    popular: "views DESC",
    longest: "duration DESC",
  };
  const filters = [
    query["category"] && `category = ${literal(query["category"])}`,
    query["captions"] && "captions",
    query["minDuration"] && `duration >= ${query["minDuration"]}`,
    query["publishedAfter"] && `published_at >= ${literal(query["publishedAfter"])}`,
  ].filter((condition) => condition !== undefined && condition !== "");
  if (kind === "typo" || kind === "title with typo")
    return `SELECT id FROM videos WHERE ${literal(q)} <% title ORDER BY word_similarity(${literal(q)}, title) DESC LIMIT 20`;
  const tsquery = kind.startsWith("prefix")
    ? `to_tsquery('simple', ${literal(`${q.replaceAll(/[^\p{L}\p{N}]/gu, "") || "a"}:*`)})`
    : `websearch_to_tsquery('english', ${literal(q)})`;
  const conditions = [...(q ? [`words @@ ${tsquery}`] : []), ...filters];
  const by = order[query["sort"] ?? ""] ?? (q ? `ts_rank(words, ${tsquery}) DESC` : "views DESC");
  return `SELECT id FROM videos WHERE ${conditions.join(" AND ")} ORDER BY ${by} LIMIT 20`;
}
