import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newId } from "../domain/id.ts";
import { newVideo } from "../../tests/support/worker/api.ts";
import { catalog, runBatch } from "./client.ts";
import { eraseContent, hasContent } from "./erased-content.ts";

const db = catalog(env);

/** Statements as SQL, each with its subject. */
const tablesOf = (statements: ReturnType<typeof eraseContent>): string[] =>
  statements.flatMap((statement) => {
    const { sql } = (statement as unknown as { toSQL(): { sql: string } }).toSQL();
    return /^delete from "(\w+)"/.exec(sql)?.[1] ?? [];
  });

test("a leftover row of an erased video is found in every table", async () => {
  const tables = tablesOf(eraseContent(db, newId())).filter((table) => table !== "upload_parts");
  expect(tables.length).toBeGreaterThan(10);
  for (const table of tables) {
    const id = newId();
    await env.CATALOG.prepare("PRAGMA foreign_keys = OFF").run();
    const columns = await env.CATALOG.prepare(`PRAGMA table_info("${table}")`).all<{
      name: string;
      type: string;
      notnull: number;
      dflt_value: unknown;
    }>();
    const needed = columns.results.filter(
      ({ name, notnull, dflt_value: byItself }) =>
        name === "video_id" || (notnull === 1 && byItself === null),
    );
    const values = needed.map(({ name, type }) =>
      name === "video_id"
        ? id
        : type.toLowerCase() === "integer"
          ? 1
          : name === "id"
            ? newId()
            : "{}",
    );
    await env.CATALOG.prepare(
      `INSERT INTO "${table}" (${needed.map(({ name }) => `"${name}"`).join()})
       VALUES (${needed.map(() => "?").join()})`,
    )
      .bind(...values)
      .run();
    expect([table, await hasContent(db, id)]).toEqual([table, true]);
    await runBatch(db, eraseContent(db, id));
    expect([table, await hasContent(db, id)]).toEqual([table, false]);
  }
});

test("video titles and file names count as content that must be erased", async () => {
  const id = await newVideo(newId(), { title: "Gulls", deletedAt: 1, erasedAt: 1 });
  expect(await hasContent(db, id)).toBe(true);
  await runBatch(db, eraseContent(db, id));
  expect(await hasContent(db, id)).toBe(false);
});
