import type { ApiClient } from "../scripts/api-client.ts";
import { uploadFile } from "../scripts/upload-file.ts";
import { JobList, Video } from "../workers/contract/video.ts";

const POLL_MS = 100;

/** Seconds after `complete`. */
export interface Timed {
  id: string;
  playable: number;
  ready: number;
}

/** Uploads and follows one film. @param until the state to wait for */
export async function follow(
  api: ApiClient,
  clip: string,
  until: "playable" | "ready",
): Promise<Timed> {
  const id = await uploadFile(api, clip, { title: "Benchmark" }, () => {});
  const completed = performance.now();
  let playable = Number.NaN;
  for (;;) {
    const { state, error } = Video.parse(await api.call("GET", `/v1/videos/${id}`));
    if (state === "failed") throw new Error(`The film failed: ${error?.code}: ${error?.detail}`);
    if (Number.isNaN(playable) && (state === "playable" || state === "ready"))
      playable = (performance.now() - completed) / 1000;
    if (state === "ready" || state === until)
      return { id, playable, ready: (performance.now() - completed) / 1000 };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Seconds between the first encoding task's start and the last one's end. */
export async function ladderWall(api: ApiClient, id: string): Promise<number> {
  const { items } = JobList.parse(await api.call("GET", `/v1/videos/${id}/jobs`));
  const encodes = items.filter(({ kind }) => kind === "video" || kind === "audio");
  const starts = encodes.map(({ startedAt }) => Date.parse(startedAt ?? ""));
  const ends = encodes.map(({ finishedAt }) => Date.parse(finishedAt ?? ""));
  return (Math.max(...ends) - Math.min(...starts)) / 1000;
}
