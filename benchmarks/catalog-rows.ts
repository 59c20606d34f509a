import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { appendAct } from "../workers/db/audit.ts";
import {
  insertAccessLink,
  insertInvitations,
  saveVideoPassword,
} from "../workers/db/video-access.ts";
import { chained, type ChainedAct } from "../workers/domain/audit.ts";
import { newId } from "../workers/domain/id.ts";
import type { Seed } from "./catalog-seed.ts";

/** Rows of each kind. They fill SQLite's pages, so that empty space in the last ones does not matter. */
const ROWS = 2000;
const DAY_MS = 86_400_000;

/** Rows that exist only for the videos and accounts that need them, written by the product's code. */
const WRITERS: Record<string, (seed: Seed, now: number) => Promise<void>> = {
  "password of a video": ({ db }, now) =>
    times(() =>
      saveVideoPassword(db, {
        videoId: newId(),
        id: newId(),
        hash: randomBytes(64).toString("hex"),
        createdAt: now,
      }),
    ),
  "access link": ({ db }, now) =>
    times((index) =>
      insertAccessLink(
        db,
        {
          id: newId(),
          videoId: newId(),
          name: `For the jury, round ${index}`,
          createdAt: now,
          expiresAt: now + DAY_MS,
        },
        now,
      ),
    ),
  "invited account": ({ db }, now) =>
    times((index) => {
      const invited = [{ id: newId(), email: `somebody-${index}@example.com` }];
      return insertInvitations(db, newId(), invited, now);
    }),
  "line of the audit log": async ({ db }, now) => {
    let last: ChainedAct | null = null;
    for (let index = 0; index < ROWS; index++) {
      last = await chained(
        {
          at: now + index,
          action: "moderation.rule",
          actorId: newId(),
          actorRole: "moderator",
          via: "session",
          targetKind: "video",
          targetId: newId(),
          before: '{"action":null}',
          after: '{"action":"hide","reason":"spam"}',
          address: "203.0.113.0/24",
          requestId: newId(),
        },
        last,
      );
      await appendAct(db, last);
    }
  },
};

async function times(write: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < ROWS; index++) await write(index);
}

/** The used bytes of a database. */
export function bytesOf(sqlite: DatabaseSync): number {
  const value = (name: string) =>
    Number(Object.values(sqlite.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  return (value("page_count") - value("freelist_count")) * value("page_size");
}

/** @returns bytes per row of each kind, indexes included */
export async function bytesPerRow(seed: Seed): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const [name, write] of Object.entries(WRITERS)) {
    const before = bytesOf(seed.sqlite);
    await write(seed, Date.now());
    figures[`bytes per ${name}`] = (bytesOf(seed.sqlite) - before) / ROWS;
  }
  return figures;
}
