/**
 * `npm run bench:pipeline`: from a file on disk to a video that plays, on this computer, through the public API. It
 * measures the upload against a plain PUT of the same file to the same endpoint; the time from complete to playable and
 * to ready; the ladder against one bare ffmpeg process with the same preset, renditions, audio and ffmpeg; the same
 * source repeated 20 times; and the memory of the transcoder's Node process, also for a source of 2 GB. A
 * web-ready source is published with and without encoding its top rendition. `--quick` skips the long sources, and
 * `--passthrough` everything but the web-ready source.
 */
import { openAsBlob, rmSync, statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsClient } from "aws4fetch";
import { readCommandLine } from "../scripts/command-line.ts";
import { ApiClient } from "../scripts/api-client.ts";
import { generateSource, runFfmpeg } from "../scripts/product/sample-video.ts";
import { TranscoderHealth } from "../workers/contract/task-event.ts";
import { type DevStack, startDevStack } from "../scripts/product/dev-stack.ts";
import { follow, ladderWall, type VideoTimes } from "./follow.ts";
import { bareLadder, planOf } from "./pipeline-ladder.ts";
import { peakOver, transcoderPeak } from "./pipeline-memory.ts";
import { measurePassthrough } from "./pipeline-passthrough.ts";
import { endedSeconds, processorSeconds } from "./processor.ts";
import { printReport } from "./report.ts";

const { values: options } = readCommandLine(
  "Usage: npm run bench:pipeline -- [--quick] [--passthrough]",
  {
    options: {
      quick: { type: "boolean", default: false },
      passthrough: { type: "boolean", default: false },
    },
  },
);

const SHORT_SECONDS = 60;
const BITS_PER_SECOND = 8_000_000;
/** Repetitions of the short source: for twenty minutes, and for 2 GB. */
const LOOPS = { long: 20, large: 34 };
const ROUNDS = 3;
const IDLE_POLL_MS = 500;
const AIMS = {
  copyPlayable: 3,
  copyProcessor: 0.55,
  uploadRatio: 0.8,
  playable: 5,
  longRatio: 1.3,
  ladderRatio: 1.2,
  nodeMiB: 200,
};

const secondsSince = (since: number): number => (performance.now() - since) / 1000;
const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** @returns megabytes per second of a plain PUT to the storage */
async function plainPut(stack: DevStack, source: string): Promise<number> {
  const file = await openAsBlob(source);
  const s3 = new AwsClient({
    accessKeyId: "kinora-local",
    secretAccessKey: "kinora-local-secret",
    service: "s3",
    region: "auto",
  });
  const target = `${stack.workerOrigin}/cdn-cgi/local/r2/s3/kinora-media/bench/plain.mp4`;
  const signed = await s3.sign(target, { method: "PUT", aws: { signQuery: true } });
  const start = performance.now();
  const response = await fetch(signed.url, { method: "PUT", body: file });
  if (!response.ok)
    throw new Error(`The plain PUT answered ${response.status}: ${await response.text()}`);
  return file.size / 1e6 / secondsSince(start);
}

/** Uploads a video, waits until it is playable, deletes it, and waits until the transcoder is idle. */
async function timePlayable(stack: DevStack, api: ApiClient, source: string): Promise<VideoTimes> {
  const times = await follow(api, source, "playable");
  await api.call("DELETE", `/v1/videos/${times.id}`);
  for (;;) {
    const health = await fetch(`${stack.transcoderOrigin}/health`);
    const { running } = TranscoderHealth.parse(await health.json());
    if (running === 0) return times;
    await new Promise((resolve) => setTimeout(resolve, IDLE_POLL_MS));
  }
}

async function repeatMeasurement<T>(measure: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < ROUNDS; round++) results.push(await measure());
  return results;
}

const figures: Record<string, number> = {};
/** Prints and keeps a figure. */
function note(what: string, value: number): number {
  console.log(`${what}: ${value.toFixed(2)}`);
  return (figures[what] = value);
}

const folder = await mkdtemp(join(tmpdir(), "kinora-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const shortSource = join(folder, "minute.mp4");
console.log("Generating a 60 s 1080p source, and starting the product ...");
if (!options.passthrough)
  await generateSource(shortSource, {
    seconds: SHORT_SECONDS,
    width: 1920,
    height: 1080,
    bitrate: BITS_PER_SECOND,
  });
/** Writes the short source several times in a row to a file. */
async function repeatSource(name: string, times: number): Promise<string> {
  const file = join(folder, name);
  const loop = ["-stream_loop", String(times - 1), "-i", shortSource];
  await runFfmpeg([...loop, "-c", "copy", "-movflags", "+faststart", file]);
  return file;
}

const longSource =
  options.quick || options.passthrough ? null : await repeatSource("long.mp4", LOOPS.long);
const stack = await startDevStack();
/** Everything measured about a source that is encoded. */
async function measureLadder(api: ApiClient): Promise<void> {
  // The measurements take turns, so that other load affects all of them. The long source is written to disk before the
  // others are measured.
  const long: VideoTimes[] = [];
  const plains: number[] = [];
  const short = await repeatMeasurement(async () => {
    if (longSource !== null) long.push(await timePlayable(stack, api, longSource));
    plains.push(await plainPut(stack, shortSource));
    return timePlayable(stack, api, shortSource);
  });
  const plain = note("plain PUT, MB/s", median(plains));
  const megabytes = statSync(shortSource).size / 1e6;
  const upload = note("upload, MB/s", megabytes / median(short.map((times) => times.upload)));
  note("upload / plain PUT", upload / plain);
  const playable = note(
    "60 s video: complete -> playable, s",
    median(short.map((times) => times.playable)),
  );

  const listed = (all: VideoTimes[]) => all.map((times) => times.playable.toFixed(2)).join(", ");
  console.log(`each, s: 60 s video ${listed(short)}; 20 min video ${listed(long)}`);
  if (long.length > 0) {
    const later = note(
      "20 min video: complete -> playable, s",
      median(long.map((times) => times.playable)),
    );
    note("20 min / 60 s", later / playable);
  }

  const before = processorSeconds(stack.pid);
  const minute = await follow(api, shortSource, "ready");
  const processor = processorSeconds(stack.pid) - before;
  note("60 s video: complete -> ready, s", minute.ready);
  const ladder = note("ladder, s", await ladderWall(api, minute.id));
  const ended = endedSeconds();
  const bare = note(
    "bare ffmpeg, s",
    await bareLadder(planOf(stack.state, minute.id), shortSource, folder),
  );
  note("ladder / bare ffmpeg", ladder / bare);
  // This figure does not depend on other load. It includes the upload, the images and the storage.
  const bareProcessor = endedSeconds() - ended;
  note("bare ffmpeg, processor seconds per minute of 1080p", bareProcessor);
  note("all of the product, processor seconds per minute of 1080p", processor);
  note("all of the product / bare ffmpeg, processor", processor / bareProcessor);

  note("transcoder's Node process, peak MiB", transcoderPeak(stack.pid));
}

try {
  const api = new ApiClient(stack.origin);
  await api.signIn({
    name: "Benchmark",
    email: "bench@kinora.localhost",
    password: "a video is measured here",
  });

  if (!options.passthrough) await measureLadder(api);
  const web = await measurePassthrough(stack, api, folder);
  note("web-ready 60 s video: complete -> playable at full quality, s", web.playable);
  note("web-ready / always encoded, processor", web.copied / web.encoded);
  note("web-ready: frames equal to the source's / all", web.equalFrames / web.frames);
} finally {
  await stack.stop();
}
if (!options.quick && !options.passthrough) {
  const large = await repeatSource("large.mp4", LOOPS.large);
  note("large source, GB", statSync(large).size / 1e9);
  note("over a large source, peak MiB", await peakOver(large, join(folder, "storage")));
}

const ladderAims = {
  "upload / plain PUT >= 0.8": (figures["upload / plain PUT"] ?? 0) >= AIMS.uploadRatio,
  "60 s video playable within 5 s":
    (figures["60 s video: complete -> playable, s"] ?? Infinity) <= AIMS.playable,
  "ladder / bare ffmpeg <= 1.2": (figures["ladder / bare ffmpeg"] ?? Infinity) <= AIMS.ladderRatio,
  "transcoder's Node process <= 200 MiB":
    (figures["transcoder's Node process, peak MiB"] ?? Infinity) <= AIMS.nodeMiB,
  ...(options.quick
    ? {}
    : {
        "20 min video playable within 5 s":
          (figures["20 min video: complete -> playable, s"] ?? Infinity) <= AIMS.playable,
        "20 min / 60 s <= 1.3": (figures["20 min / 60 s"] ?? Infinity) <= AIMS.longRatio,
        "2 GB source: Node process <= 200 MiB":
          (figures["over a large source, peak MiB"] ?? Infinity) <= AIMS.nodeMiB,
      }),
};
const aims = {
  ...(options.passthrough ? {} : ladderAims),
  "web-ready source playable at full quality within 3 s":
    (figures["web-ready 60 s video: complete -> playable at full quality, s"] ?? Infinity) <=
    AIMS.copyPlayable,
  "web-ready / always encoded, processor <= 0.55":
    (figures["web-ready / always encoded, processor"] ?? Infinity) <= AIMS.copyProcessor,
  "its top rendition decodes to the source's frames":
    figures["web-ready: frames equal to the source's / all"] === 1,
};
printReport("bench:pipeline", figures, aims);
