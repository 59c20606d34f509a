import type { DuplicateQuery, Duplicates } from "../contract/video-list.ts";
import { catalog } from "../db/client.ts";
import { type DuplicateRow, sameContent, sameFingerprint } from "../db/duplicates.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { authorizedVideo } from "./authorized-video.ts";

type DuplicatesEnv = Pick<Env, "CATALOG">;

/** The caller's videos that were made of a file that is about to be uploaded, as their browsers recognise it. */
export async function duplicatesOfFile(
  env: DuplicatesEnv,
  principal: Principal,
  file: DuplicateQuery,
): Promise<Duplicates> {
  return present(await sameFingerprint(catalog(env), signedIn(principal).userId, file));
}

/**
 * The creator's other videos with the same file content, under any name. Empty until the whole file has been read, soon
 * after the upload.
 */
export async function duplicatesOfVideo(
  env: DuplicatesEnv,
  principal: Principal,
  id: string,
): Promise<Duplicates> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "videos.duplicates", id);
  return present(await sameContent(db, video));
}

function present(rows: readonly DuplicateRow[]): Duplicates {
  const items = rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt).toISOString() }));
  return { items };
}
