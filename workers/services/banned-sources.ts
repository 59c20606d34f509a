import { z } from "zod";
import { noteAct } from "../audit-note.ts";
import type { PageQuery } from "../contract/common.ts";
import type { BannedSourcePage } from "../contract/moderation.ts";
import { allowSource, findBanned, listBanned } from "../db/banned-sources.ts";
import { catalog, runBatch } from "../db/client.ts";
import { authorizeResource } from "../domain/access.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import type { Principal } from "../domain/principal.ts";

type BanEnv = Pick<Env, "CATALOG">;

const Cursor = z.tuple([z.number(), z.string()]);

/** Banned files, newest first. @throws AppError invalid_cursor */
export async function allBannedSources(
  env: BanEnv,
  { limit, cursor }: PageQuery,
): Promise<BannedSourcePage> {
  const [createdAt, sha256] = cursor === undefined ? [] : decodeCursor(Cursor, cursor);
  const before =
    createdAt === undefined || sha256 === undefined ? undefined : { createdAt, sha256 };
  const rows = await listBanned(catalog(env), limit + 1, before);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map((row) => ({
      ...{ sha256: row.sha256, videoId: row.videoId, reason: row.reason },
      createdAt: new Date(row.createdAt).toISOString(),
    })),
    nextCursor: rows.length > limit && last ? encodeCursor([last.createdAt, last.sha256]) : null,
  };
}

/** Lets a file be uploaded again. @throws AppError not_found */
export async function endBan(env: BanEnv, principal: Principal, sha256: string): Promise<void> {
  const db = catalog(env);
  const row = await findBanned(db, sha256);
  authorizeResource(
    principal,
    "banned-sources.delete",
    row && { ownerId: "", visible: false },
    "banned file",
  );
  noteAct({ before: row });
  await runBatch(db, [allowSource(db, sha256)]);
}
