import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { resolveTools } from "../containers/transcoder/runtime/tools.ts";
import type { ApiClient } from "../scripts/api-client.ts";
import type { DevStack } from "../scripts/product/dev-stack.ts";
import { generateSource } from "../scripts/product/sample-video.ts";
import { Playback } from "../workers/contract/playback.ts";
import { follow, printTasks, type VideoTimes } from "./follow.ts";
import { planOf } from "./pipeline-ladder.ts";
import { processorSeconds } from "./processor.ts";

/** About the bit rate that the ladder would use for this video, so that it need not be encoded. */
const BITS_PER_SECOND = 5_000_000;
const SECONDS = 60;
const ROUNDS = 3;

export interface PassthroughFigures {
  /** Seconds from `complete` until the source's own quality can be played, the median. */
  playable: number;
  /** Processor seconds of the product until the video is ready, with and without copying. */
  copied: number;
  encoded: number;
  /** Frames of the top rendition that decode to the source's, and frames of the source. */
  equalFrames: number;
  frames: number;
}

async function frameHashes(input: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    resolveTools(process.env).ffmpeg,
    ["-v", "error", "-nostdin", "-i", input, "-map", "0:v:0", "-f", "framemd5", "-"],
    { maxBuffer: 1 << 26 },
  );
  return stdout
    .split("\n")
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(",").at(-1)?.trim() ?? "");
}

/** The media playlist of a ready video's top rendition. By address, since the packaged ffmpeg crashes on host names. */
async function topPlaylist(stack: DevStack, api: ApiClient, id: string): Promise<string> {
  const copy = planOf(stack.state, id).renditions.find(
    (rendition) => rendition.type === "video" && rendition.isCopy === true,
  );
  if (copy === undefined) throw new Error("The web-ready source was not copied.");
  const playback = Playback.parse(await api.call("POST", `/v1/videos/${id}/playback`, {}));
  const url = new URL(`${copy.id}.m3u8`, new URL(playback.hls, stack.workerOrigin));
  return `http://127.0.0.1:${new URL(stack.workerOrigin).port}${url.pathname}`;
}

/** Publishes a web-ready source of 60 s in 1080p, as it is and encoded. */
export async function measurePassthrough(
  stack: DevStack,
  api: ApiClient,
  folder: string,
): Promise<PassthroughFigures> {
  const source = join(folder, "web-ready.mp4");
  const size = { width: 1920, height: 1080 };
  await generateSource(source, { seconds: SECONDS, ...size, bitrate: BITS_PER_SECOND });
  async function ready(alwaysEncode: boolean): Promise<VideoTimes & { processor: number }> {
    const before = processorSeconds(stack.pid);
    const times = await follow(api, source, "ready", alwaysEncode);
    return { ...times, processor: processorSeconds(stack.pid) - before };
  }
  const encoded = await ready(true);
  const rounds: Awaited<ReturnType<typeof ready>>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const times = await ready(false);
    console.log(
      `round ${round + 1}: playable after ${times.playable.toFixed(2)} s; tasks until then:`,
    );
    await printTasks(api, times, times.playable);
    rounds.push(times);
  }
  const sorted = (of: "playable" | "processor") =>
    rounds.map((times) => times[of]).toSorted((a, b) => a - b);
  const top = await frameHashes(await topPlaylist(stack, api, rounds[0]?.id ?? ""));
  const own = await frameHashes(source);
  return {
    playable: sorted("playable")[1] ?? Number.NaN,
    copied: sorted("processor")[1] ?? Number.NaN,
    encoded: encoded.processor,
    equalFrames:
      top.length === own.length ? own.filter((hash, index) => hash === top[index]).length : 0,
    frames: own.length,
  };
}
