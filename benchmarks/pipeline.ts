/**
 * `npm run bench:pipeline`: from a file on disk to a film that plays, on this machine, through the public API.
 * Upload against a plain PUT of the same file to the same endpoint; complete -> playable and -> ready; the ladder
 * against one bare ffmpeg process with the same preset, rungs, audio and ffmpeg; the same clip 20 times over; memory of
 * the transcoder's Node process, here and over a source of 2 GB. `--quick` leaves the long ones out.
 */
import { openAsBlob, rmSync, statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AwsClient } from "aws4fetch";
import { ApiClient } from "../scripts/api-client.ts";
import { generateSource, runFfmpeg } from "../scripts/product/sample-video.ts";
import { TranscoderHealth } from "../workers/contract/task-event.ts";
import { type DevStack, startDevStack } from "../scripts/product/dev-stack.ts";
import { follow, ladderWall, type Timed } from "./follow.ts";
import { bareLadder, planOf } from "./pipeline-ladder.ts";
import { peakOver, transcoderPeak } from "./pipeline-memory.ts";
import { endedSeconds, processorSeconds } from "./processor.ts";
import { printReport } from "./report.ts";

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });

const MINUTE = 60;
const BITRATE = 8_000_000;
/** How often the clip is repeated: twenty minutes, and 2 GB. */
const LOOPS = { long: 20, large: 34 };
const ROUNDS = 3;
const IDLE_POLL_MS = 500;
const AIMS = { uploadRatio: 0.8, playable: 5, longRatio: 1.3, ladderRatio: 1.2, nodeMiB: 200 };

const seconds = (since: number): number => (performance.now() - since) / 1000;
const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** @returns megabytes a second of a PUT that the storage gets by itself */
async function plainPut(stack: DevStack, clip: string): Promise<number> {
  const file = await openAsBlob(clip);
  const s3 = new AwsClient({
    accessKeyId: "kinora-local",
    secretAccessKey: "kinora-local-secret",
    service: "s3",
    region: "auto",
  });
  const target = `${stack.workerOrigin}/cdn-cgi/local/r2/s3/kinora-media/bench/plain.mp4`;
  const signed = await s3.sign(target, { method: "PUT", aws: { signQuery: true } });
  const start = performance.now();
  const answer = await fetch(signed.url, { method: "PUT", body: file });
  if (!answer.ok)
    throw new Error(`The plain PUT answered ${answer.status}: ${await answer.text()}`);
  return file.size / 1e6 / seconds(start);
}

/** Uploads a film, waits until it plays, takes it away, and waits until the machine has nothing more to do with it. */
async function untilPlayable(stack: DevStack, api: ApiClient, clip: string): Promise<Timed> {
  const film = await follow(api, clip, "playable");
  await api.call("DELETE", `/v1/videos/${film.id}`);
  for (;;) {
    const health = await fetch(`${stack.transcoderOrigin}/health`);
    const { running } = TranscoderHealth.parse(await health.json());
    if (running === 0) return film;
    await new Promise((resolve) => setTimeout(resolve, IDLE_POLL_MS));
  }
}

async function rounds<T>(measure: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < ROUNDS; round++) results.push(await measure());
  return results;
}

const figures: Record<string, number> = {};
const note = (what: string, value: number): number => {
  console.log(`${what}: ${value.toFixed(2)}`);
  return (figures[what] = value);
};

const folder = await mkdtemp(join(tmpdir(), "kinora-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const clip = join(folder, "minute.mp4");
console.log("Making a 60 s 1080p clip, and starting the product ...");
await generateSource(clip, { seconds: MINUTE, width: 1920, height: 1080, bitrate: BITRATE });
/** A file of the clip, again and again. */
async function repeat(name: string, times: number): Promise<string> {
  const file = join(folder, name);
  const loop = ["-stream_loop", String(times - 1), "-i", clip];
  await runFfmpeg([...loop, "-c", "copy", "-movflags", "+faststart", file]);
  return file;
}

const longClip = options.quick ? null : await repeat("long.mp4", LOOPS.long);
const stack = await startDevStack();
try {
  const api = new ApiClient(stack.origin);
  await api.signIn({
    name: "Benchmark",
    email: "bench@kinora.localhost",
    password: "a clip is measured here",
  });

  // By turns, so that whatever else this machine does falls on all: it still writes the long film to its disk after that.
  const long: Timed[] = [];
  const plains: number[] = [];
  const short = await rounds(async () => {
    if (longClip !== null) long.push(await untilPlayable(stack, api, longClip));
    plains.push(await plainPut(stack, clip));
    return untilPlayable(stack, api, clip);
  });
  const plain = note("plain PUT, MB/s", median(plains));
  const megabytes = statSync(clip).size / 1e6;
  const upload = note("upload, MB/s", megabytes / median(short.map((film) => film.upload)));
  note("upload / plain PUT", upload / plain);
  const playable = note(
    "60 s film: complete -> playable, s",
    median(short.map((film) => film.playable)),
  );

  const listed = (films: Timed[]) => films.map((film) => film.playable.toFixed(2)).join(", ");
  console.log(`each, s: 60 s film ${listed(short)}; 20 min film ${listed(long)}`);
  if (long.length > 0) {
    const later = note(
      "20 min film: complete -> playable, s",
      median(long.map((film) => film.playable)),
    );
    note("20 min / 60 s", later / playable);
  }

  const before = processorSeconds(stack.pid);
  const minute = await follow(api, clip, "ready");
  const processor = processorSeconds(stack.pid) - before;
  note("60 s film: complete -> ready, s", minute.ready);
  const ladder = note("ladder, s", await ladderWall(api, minute.id));
  const ended = endedSeconds();
  const bare = note(
    "bare ffmpeg, s",
    await bareLadder(planOf(stack.state, minute.id), clip, folder),
  );
  note("ladder / bare ffmpeg", ladder / bare);
  // Tells where the time went on a machine that has more to do: here are upload, pictures and storage as well.
  note("all of the product / bare ffmpeg, processor", processor / (endedSeconds() - ended));

  note("transcoder's Node process, peak MiB", transcoderPeak(stack.pid));
} finally {
  await stack.stop();
}
if (!options.quick) {
  const large = await repeat("large.mp4", LOOPS.large);
  note("large source, GB", statSync(large).size / 1e9);
  note("over a large source, peak MiB", await peakOver(large, join(folder, "storage")));
}

const aims = {
  "upload / plain PUT >= 0.8": (figures["upload / plain PUT"] ?? 0) >= AIMS.uploadRatio,
  "60 s film playable within 5 s":
    (figures["60 s film: complete -> playable, s"] ?? Infinity) <= AIMS.playable,
  "ladder / bare ffmpeg <= 1.2": (figures["ladder / bare ffmpeg"] ?? Infinity) <= AIMS.ladderRatio,
  "transcoder's Node process <= 200 MiB":
    (figures["transcoder's Node process, peak MiB"] ?? Infinity) <= AIMS.nodeMiB,
  ...(options.quick
    ? {}
    : {
        "20 min film playable within 5 s":
          (figures["20 min film: complete -> playable, s"] ?? Infinity) <= AIMS.playable,
        "20 min / 60 s <= 1.3": (figures["20 min / 60 s"] ?? Infinity) <= AIMS.longRatio,
        "2 GB source: Node process <= 200 MiB":
          (figures["over a large source, peak MiB"] ?? Infinity) <= AIMS.nodeMiB,
      }),
};
printReport("bench:pipeline", figures, aims);
