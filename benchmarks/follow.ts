import type { ApiClient } from "../scripts/api-client.ts";
import { uploadFile } from "../scripts/upload-file.ts";
import { Timeline, Video } from "../workers/contract/videos.ts";

/** Milliseconds: often only when the answer is near, since every question takes time from the encoders. */
const POLL_MS = { soon: 1000, playable: 200, ready: 2000 };
/** Seconds in which no film of these benches is playable. */
const SOON = 2;

export interface Timed {
  id: string;
  /** Seconds of the upload, `complete` included. */
  upload: number;
  /** Seconds after `complete`. */
  playable: number;
  ready: number;
}

/** Uploads and follows one film. @param until the state to wait for */
export async function follow(
  api: ApiClient,
  clip: string,
  until: "playable" | "ready",
): Promise<Timed> {
  const began = performance.now();
  const id = await uploadFile(api, clip, { title: "Benchmark" }, () => {});
  const completed = performance.now();
  const upload = (completed - began) / 1000;
  let playable = Number.NaN;
  for (;;) {
    const { state, error } = Video.parse(await api.call("GET", `/v1/videos/${id}`));
    if (state === "failed") throw new Error(`The film failed: ${error?.code}: ${error?.detail}`);
    const passed = (performance.now() - completed) / 1000;
    if (Number.isNaN(playable) && (state === "playable" || state === "ready")) playable = passed;
    if (state === "ready" || state === until) return { id, upload, playable, ready: passed };
    const next = passed < SOON ? "soon" : Number.isNaN(playable) ? "playable" : "ready";
    await new Promise((resolve) => setTimeout(resolve, POLL_MS[next]));
  }
}

/** Seconds between the first encoding task's start and the last one's end. */
export async function ladderWall(api: ApiClient, id: string): Promise<number> {
  const { items } = Timeline.parse(await api.call("GET", `/v1/videos/${id}/jobs`));
  const encodes = items.filter(({ kind }) => kind === "video" || kind === "audio");
  const starts = encodes.map(({ startedAt }) => Date.parse(startedAt ?? ""));
  const ends = encodes.map(({ finishedAt }) => Date.parse(finishedAt ?? ""));
  return (Math.max(...ends) - Math.min(...starts)) / 1000;
}
