import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { sample } from "./search-catalogue.ts";
import type { Asked } from "./search-queries.ts";
import type { Film } from "./search-record.ts";

const DEBIAN = "/usr/lib/postgresql";
const PORT = "8860";

/** Folder of Debian's PostgreSQL programs; null where it is not installed (`apt-get install postgresql`). */
export function postgresPrograms(): string | null {
  if (!existsSync(DEBIAN)) return null;
  const version = readdirSync(DEBIAN).toSorted().at(-1);
  return version ? join(DEBIAN, version, "bin") : null;
}

const SCHEMA = `
CREATE EXTENSION pg_trgm;
CREATE UNLOGGED TABLE films (id text, title text, people text, tags text, description text, category text,
  captions boolean, duration real, views bigint, published_at timestamptz, words tsvector);
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  new.words := setweight(to_tsvector('english', new.title), 'A') || setweight(to_tsvector('simple', new.people), 'B')
    || setweight(to_tsvector('english', new.tags), 'C') || setweight(to_tsvector('english', new.description), 'D');
  RETURN new; END $$;
CREATE TRIGGER fill BEFORE INSERT ON films FOR EACH ROW EXECUTE FUNCTION fill();`;

const INDEXES = `
SET maintenance_work_mem = '1GB';
CREATE INDEX ON films USING gin (words);
CREATE INDEX ON films USING gin (title gin_trgm_ops);
CREATE INDEX ON films (published_at); CREATE INDEX ON films (views); CREATE INDEX ON films (duration);
ANALYZE films;`;

/** A PostgreSQL cluster of our own, as the user postgres where we are root (it refuses to run as root). */
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
    const exists = this.sql("SELECT to_regclass('films') IS NOT NULL").trim() === "t";
    return exists ? Number(this.sql("SELECT count(*) FROM films")) : 0;
  }

  /** Loads the same records with COPY and builds the indexes after, as its manual advises. */
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
      "COPY films (id, title, people, tags, description, category, captions, duration, views, published_at) FROM STDIN (FORMAT csv)",
    ];
    const psql = spawn(
      root ? "runuser" : (argv.shift() ?? ""),
      root ? ["-u", "postgres", "--", ...argv] : argv,
      { cwd: "/", stdio: ["pipe", "ignore", "inherit"] },
    );
    for (let n = 0; n < records; n++) {
      const film = sample(films, n);
      const cells = [
        film.id,
        film.title,
        film.cast.join(", "),
        [...film.genres, film.year].join(" "),
        film.description,
        film.category,
        film.captions,
        film.duration,
        film.views,
        new Date(film.publishedAt).toISOString(),
      ];
      const line = `${cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(",")}\n`;
      if (!psql.stdin.write(line)) await once(psql.stdin, "drain");
    }
    psql.stdin.end();
    await once(psql, "exit");
    this.sql(INDEXES);
  }

  bytes(): number {
    return Number(this.sql("SELECT pg_total_relation_size('films')"));
  }

  /** Milliseconds of each search, as psql measures them; a search that takes longer than 10 s is ended there. */
  search(asked: readonly Asked[]): number[] {
    const script = [
      "SET statement_timeout = '10s';",
      "\\timing on",
      ...asked.map((one) => `${statement(one)};`),
    ].join("\n");
    return [...this.sql(script).matchAll(/^Time: ([\d.]+) ms/gm)].map((match) => Number(match[1]));
  }
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Full text with ts_rank; words that full text does not know fall to trigram similarity of the title. */
function statement({ kind, query }: Asked): string {
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
    return `SELECT id FROM films WHERE ${literal(q)} <% title ORDER BY word_similarity(${literal(q)}, title) DESC LIMIT 20`;
  const tsquery = kind.startsWith("prefix")
    ? `to_tsquery('simple', ${literal(`${q.replaceAll(/[^\p{L}\p{N}]/gu, "") || "a"}:*`)})`
    : `websearch_to_tsquery('english', ${literal(q)})`;
  const conditions = [...(q ? [`words @@ ${tsquery}`] : []), ...filters];
  const by = order[query["sort"] ?? ""] ?? (q ? `ts_rank(words, ${tsquery}) DESC` : "views DESC");
  return `SELECT id FROM films WHERE ${conditions.join(" AND ")} ORDER BY ${by} LIMIT 20`;
}
