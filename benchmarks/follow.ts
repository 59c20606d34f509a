import type { ApiClient } from "../scripts/api-client.ts";
import { uploadFile } from "../scripts/upload-file.ts";
import { Timeline, Video } from "../workers/contract/videos.ts";

/**
 * The interval is short only when the video is about to become playable, because each request takes time from the
 * encoders.
 */
const POLL_MS = { soon: 1000, playable: 200, ready: 2000 };
/** No video in these benchmarks becomes playable earlier. */
const MIN_PLAYABLE_SECONDS = 2;

export interface VideoTimes {
  id: string;
  /** When the response to `complete` arrived, in milliseconds since 1970. */
  completedAt: number;
  /** Seconds for the upload, including `complete`. */
  upload: number;
  /** Seconds from `complete` to playable. */
  playable: number;
  /** Seconds from `complete` to ready; to playable if the wait ended there. */
  ready: number;
}

/**
 * Uploads a video and waits.
 * @param until the state to wait for
 * @param alwaysEncode encodes the video even if it is web-ready
 */
export async function follow(
  api: ApiClient,
  source: string,
  until: "playable" | "ready",
  alwaysEncode = true,
): Promise<VideoTimes> {
  const began = performance.now();
  const id = await uploadFile(api, source, { title: "Benchmark", alwaysEncode }, () => {});
  const completed = performance.now();
  const completedAt = Date.now();
  const upload = (completed - began) / 1000;
  let playable = Number.NaN;
  for (;;) {
    const { state, error } = Video.parse(await api.call("GET", `/v1/videos/${id}`));
    if (state === "failed") throw new Error(`The video failed: ${error?.code}: ${error?.detail}`);
    const passed = (performance.now() - completed) / 1000;
    if (Number.isNaN(playable) && (state === "playable" || state === "ready")) playable = passed;
    if (state === "ready" || state === until)
      return { id, completedAt, upload, playable, ready: passed };
    const next =
      passed < MIN_PLAYABLE_SECONDS ? "soon" : Number.isNaN(playable) ? "playable" : "ready";
    await new Promise((resolve) => setTimeout(resolve, POLL_MS[next]));
  }
}

/** Seconds from the start of the first encoding task to the end of the last one. */
export async function ladderWall(api: ApiClient, id: string): Promise<number> {
  const { items } = Timeline.parse(await api.call("GET", `/v1/videos/${id}/jobs`));
  const encodes = items.filter(({ kind }) => kind === "video" || kind === "audio");
  const starts = encodes.map(({ startedAt }) => Date.parse(startedAt ?? ""));
  const ends = encodes.map(({ finishedAt }) => Date.parse(finishedAt ?? ""));
  return (Math.max(...ends) - Math.min(...starts)) / 1000;
}

/** Prints when each task that began before a moment ran, in seconds after `complete`. @param until seconds */
export async function printTasks(
  api: ApiClient,
  { id, completedAt }: VideoTimes,
  until: number,
): Promise<void> {
  const { items } = Timeline.parse(await api.call("GET", `/v1/videos/${id}/jobs`));
  const after = (time: string | null): number =>
    time === null ? Number.NaN : (Date.parse(time) - completedAt) / 1000;
  const rows = items
    .map(({ name, startedAt, finishedAt }) => ({
      name,
      start: after(startedAt),
      end: after(finishedAt),
    }))
    .filter(({ start }) => start <= until)
    .toSorted((left, right) => left.start - right.start);
  for (const { name, start, end } of rows)
    console.log(`  ${name.padEnd(24)} ${start.toFixed(2).padStart(6)} to ${end.toFixed(2)} s`);
}
