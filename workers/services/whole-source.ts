import type { Plan, PlannedTask } from "../contract/transcodes.ts";
import type { EditRecipe } from "../contract/versions.ts";
import type { Catalog } from "../db/client.ts";
import { getTranscode } from "../db/transcoding/transcodes.ts";
import { isChangedMeanwhile, listVersions, type VersionRow } from "../db/transcoding/versions.ts";
import type { VideoRow } from "../db/videos.ts";
import { editRendition, editTasks } from "../domain/tasks/edit-tasks.ts";
import {
  countFrames,
  type EditTimeline,
  keptFrames,
  wholeTimeline,
} from "../domain/edit-timeline.ts";
import { AppError } from "../domain/errors.ts";
import { type PlanEnv, planSettings } from "../domain/tasks/plan-settings.ts";

/** The whole file of a video, which every edit needs. */
export interface WholeSource {
  version: number;
  /** Its row; null while it plays and nothing was edited. */
  row: VersionRow | null;
  plan: Plan;
  /** The file, or its remuxed copy with an index. */
  sourceKey: string;
}

/**
 * The version that shows a whole file: the one that the current version was made of, unless another one is named.
 * @param rows all versions of the video
 * @returns null before there is one
 */
export async function findWholeSource(
  db: Catalog,
  video: VideoRow,
  rows: readonly VersionRow[],
  sourceKey = video.sourceKey,
): Promise<WholeSource | null> {
  const current = rows.find(({ version }) => version === video.version);
  const isCurrent = !current?.recipe && sourceKey === video.sourceKey;
  const row = isCurrent
    ? current
    : rows.find(
        ({ state, recipe, facts }) =>
          state === "kept" && recipe === null && facts.sourceKey === sourceKey,
      );
  if (!isCurrent && !row) return null;
  const version = row?.version ?? video.version;
  const transcode = await getTranscode(db, { videoId: video.id, version });
  if (!transcode?.plan) return null;
  return { version, row: row ?? null, plan: transcode.plan, sourceKey: transcode.sourceKey };
}

/** The parts of a file that a recipe keeps; the whole file without a recipe. */
export function timelineOf(recipe: EditRecipe | null, { grid }: Pick<Plan, "grid">): EditTimeline {
  const { frameRate, totalFrames } = grid;
  if (recipe === null) return wholeTimeline(frameRate);
  return { ranges: keptFrames(recipe, frameRate, totalFrames), frameRate };
}

/**
 * The first tasks of a version that is edited.
 * @throws AppError invalid_request if so much is kept that its file would be too large
 */
export function tasksOfRecipe(
  env: PlanEnv,
  { plan }: WholeSource,
  recipe: EditRecipe,
): PlannedTask[] {
  const { source, grid } = plan;
  const ranges = keptFrames(recipe, grid.frameRate, grid.totalFrames);
  const rendition = editRendition(source, grid, countFrames(ranges));
  if (rendition === null)
    throw new AppError(
      "invalid_request",
      "A video of this length and size cannot be edited here. Keep less of it, or edit the file before you upload it.",
    );
  return editTasks(source, rendition, ranges, planSettings(env), recipe);
}

/** The first tasks for making the current version again: the tasks of its recipe, or null for a plan of its file. */
export async function tasksOfCurrent(
  env: PlanEnv,
  db: Catalog,
  video: VideoRow,
): Promise<{ tasks: PlannedTask[]; sourceKey: string } | null> {
  const rows = await listVersions(db, video.id);
  const recipe = rows.find(({ version }) => version === video.version)?.recipe;
  const whole = recipe && (await findWholeSource(db, video, rows));
  return whole ? { tasks: tasksOfRecipe(env, whole, recipe), sourceKey: whole.sourceKey } : null;
}

/** @throws AppError conflict while another version is in the making, or the video cannot be watched */
export function assertIdle(video: VideoRow, rows: readonly VersionRow[]): void {
  if (video.state !== "ready") throw notReady(video);
  if (rows.some(({ state }) => state === "encoding")) throw busy();
}

export const notReady = ({ state }: VideoRow) =>
  new AppError("conflict", `A video can be edited once it is ready; this one is ${state}.`);

const busy = () =>
  new AppError(
    "conflict",
    "Another version of this video is being created. Wait for it, or stop it.",
  );

/**
 * The result of a batch that may start or switch a version.
 * @throws AppError conflict if the video has changed in the meantime
 */
export async function orBusy<T>(batch: Promise<T>): Promise<T> {
  try {
    return await batch;
  } catch (error) {
    throw isChangedMeanwhile(error) ? busy() : error;
  }
}
