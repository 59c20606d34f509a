import type { BulkEdit, BulkEditResult, Edit } from "../contract/bulk-edit.ts";
import { MAX_TAGS, type VideoPatch } from "../contract/videos.ts";
import { restoreStatements } from "../db/bin.ts";
import { type Catalog, catalog, runBatch } from "../db/client.ts";
import type { LibraryEnv } from "../db/history.ts";
import { allowShowing } from "../db/reports.ts";
import { type TagChange, tagStatements } from "../db/video-tags.ts";
import { changeStatements, findVideos, type VideoRow } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import { editTags } from "../domain/tag-edits.ts";
import { assertAllowedWords, rulingFaults } from "./allowed-changes.ts";
import { authorizeRestorable, authorizeVideo } from "./authorized-video.ts";
import { putPlaylistVideo } from "./playlists.ts";
import { holdBack } from "./held-changes.ts";
import { assertOffered } from "./site-settings.ts";
import { assertChangeable, isShownAgain, moveToBin, withoutVisibility } from "./videos.ts";

type BulkEnv = Pick<
  Env,
  | "BLOCKED_SEARCH_WORDS"
  | "CATALOG"
  | "ENCODE_MINUTES_PER_DAY"
  | "PLAYBACK_TOKEN_SECRETS"
  | "REVIEW_NEW_CREATORS"
> &
  LibraryEnv;

/** Why a video was not changed, by its id. */
type Refusals = Map<string, AppError>;

/**
 * Edits many videos at once. Each is authorized separately, and refused videos do not affect the others. All changes of
 * the catalogue are one transaction. Repeating it is harmless. The caller relays the outbox afterwards.
 */
export async function editVideos(
  env: BulkEnv,
  principal: Principal,
  { ids, edit }: BulkEdit,
): Promise<BulkEditResult> {
  const refusals =
    edit.kind === "playlist"
      ? await addToPlaylist(env, principal, ids, edit.playlistId)
      : await editRows(env, principal, ids, edit);
  return {
    items: ids.map((id) => {
      const refusal = refusals.get(id);
      return { id, error: refusal ? { code: refusal.code, detail: refusal.message } : null };
    }),
  };
}

/** One after another, so that they stand in the playlist in this order. */
async function addToPlaylist(
  env: BulkEnv,
  principal: Principal,
  ids: readonly string[],
  playlistId: string,
): Promise<Refusals> {
  const refusals: Refusals = new Map();
  for (const videoId of ids) {
    await noteRefusal(refusals, videoId, () =>
      putPlaylistVideo(env, principal, { id: playlistId, videoId }, {}),
    );
  }
  return refusals;
}

async function editRows(
  env: BulkEnv,
  principal: Principal,
  ids: readonly string[],
  edit: Exclude<Edit, { kind: "playlist" }>,
): Promise<Refusals> {
  const db = catalog(env);
  const byId = new Map((await findVideos(db, ids)).map((row) => [row.id, row]));
  const refusals: Refusals = new Map();
  const allowed: VideoRow[] = [];
  if (edit.kind === "change") await assertOffered(env, patchOf(edit));
  if (edit.kind === "tags") assertAllowedWords(env, { tags: edit.add });
  const limited =
    edit.kind === "change"
      ? await rulingFaults(db, principal, [...byId.values()], patchOf(edit))
      : new Map<string, AppError>();
  for (const id of ids) {
    await noteRefusal(refusals, id, () => {
      const row = judge(principal, edit, byId.get(id) ?? null);
      const fault = limited.get(id);
      if (fault) throw fault;
      allowed.push(row);
    });
  }
  for (const [id, refusal] of await perform(env, principal, edit, allowed))
    refusals.set(id, refusal);
  return refusals;
}

/** @throws AppError if this video may not be edited like this */
function judge(
  principal: Principal,
  edit: Exclude<Edit, { kind: "playlist" }>,
  row: VideoRow | null,
): VideoRow {
  if (edit.kind === "restore") return authorizeRestorable(principal, "bin.restore", row);
  // A video that an earlier attempt has deleted counts as done.
  if (edit.kind === "delete")
    return row !== null && row.deletedAt !== null
      ? authorizeRestorable(principal, "videos.delete", row)
      : authorizeVideo(principal, "videos.delete", row);
  const video = authorizeVideo(principal, "videos.update", row);
  if (edit.kind === "change") assertChangeable(principal, video, patchOf(edit));
  else if (editTags(video.tags, edit).length > MAX_TAGS)
    throw new AppError("limit_reached", `A video can have at most ${MAX_TAGS} tags.`);
  return video;
}

function patchOf({ kind: _kind, ...patch }: Extract<Edit, { kind: "change" }>): VideoPatch {
  return patch;
}

const idsOf = (rows: readonly VideoRow[]): string[] => rows.map(({ id }) => id);

/** Edits the videos that may be edited, unless they are already as they should be. */
async function perform(
  env: BulkEnv,
  principal: Principal,
  edit: Exclude<Edit, { kind: "playlist" }>,
  rows: readonly VideoRow[],
): Promise<Refusals> {
  const db = catalog(env);
  const now = Date.now();
  if (edit.kind === "delete") {
    const present = rows.filter((row) => row.deletedAt === null);
    if (present.length > 0) await moveToBin(env, idsOf(present));
  } else if (edit.kind === "restore") {
    const binned = rows.filter((row) => row.deletedAt !== null);
    if (binned.length > 0) await runBatch(db, restoreStatements(db, idsOf(binned), now));
  } else if (edit.kind === "change") {
    const patch = patchOf(edit);
    const others = rows.filter((row) => isChange(row, patch));
    const shownAgain = others.filter((row) => isShownAgain(row, patch));
    const { held, statements } = await holdBack(env, db, principal, others, patch);
    const waiting = others.filter(({ id }) => held.has(id));
    const free = others.filter(({ id }) => !held.has(id));
    if (others.length > 0)
      await runBatch(db, [
        ...(free.length > 0 ? changeStatements(db, idsOf(free), patch, now) : []),
        ...(waiting.length > 0
          ? changeStatements(db, idsOf(waiting), withoutVisibility(patch), now)
          : []),
        ...statements,
        ...(shownAgain.length > 0 ? [allowShowing(db, idsOf(shownAgain))] : []),
      ]);
  } else return changeTags(db, edit, rows, now);
  return new Map();
}

function isChange(row: VideoRow, patch: VideoPatch): boolean {
  const names = Object.keys(patch) as (keyof VideoPatch & keyof VideoRow)[];
  return names.some((name) => row[name] !== patch[name]);
}

/** Tags that have been changed in the meantime are not overwritten: no edit gets lost silently. */
async function changeTags(
  db: Catalog,
  edit: Extract<Edit, { kind: "tags" }>,
  rows: readonly VideoRow[],
  now: number,
): Promise<Refusals> {
  const changes: TagChange[] = rows
    .map(({ id, tags }) => ({ id, before: tags, after: editTags(tags, edit) }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
  if (changes.length === 0) return new Map();
  const [changed] = await db.batch(tagStatements(db, changes, now));
  const done = new Set(changed.map(({ id }) => id));
  const lost = changes.filter(({ id }) => !done.has(id));
  const refusal = new AppError("conflict", "The tags were changed in the meantime. Try again.");
  return new Map(lost.map(({ id }) => [id, refusal]));
}

/** Notes an error of the API; any other ends the request. */
async function noteRefusal(
  refusals: Refusals,
  id: string,
  action: () => Promise<void> | void,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    refusals.set(id, error);
  }
}
