/**
 * `npm run bench:pipeline`: from a file on disk to a film that plays, on this machine, through the public API.
 * Upload against a plain PUT of the same file to the same endpoint; complete -> playable and -> ready; the ladder
 * against one bare ffmpeg process with the same preset, rungs, audio and ffmpeg; memory of the transcoder's Node
 * process over a 2 GB source. `--quick` leaves out the 20 minute film and the 2 GB one.
 */
import { execFileSync } from "node:child_process";
import { openAsBlob, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AwsClient } from "aws4fetch";
import { ApiClient } from "../scripts/api-client.ts";
import { uploadFile } from "../scripts/upload-file.ts";
import { makeClip, runFfmpeg } from "../tests/product/clips.ts";
import { type DevStack, startDevStack } from "../tests/product/dev-stack.ts";
import { follow, ladderWall } from "./follow.ts";
import { bareLadder, planOf } from "./pipeline-ladder.ts";
import { printReport } from "./report.ts";

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });

const MINUTE = 60;
const ROUNDS = 3;
const AIMS = { uploadRatio: 0.8, playable: 5, longRatio: 1.3, ladderRatio: 1.2, nodeMiB: 200 };

const seconds = (since: number): number => (performance.now() - since) / 1000;
const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function measureUpload(
  stack: DevStack,
  api: ApiClient,
  clip: string,
): Promise<{ plain: number; ours: number }> {
  const file = await openAsBlob(clip);
  const megabytes = file.size / 1e6;
  const s3 = new AwsClient({
    accessKeyId: "kinora-local",
    secretAccessKey: "kinora-local-secret",
    service: "s3",
    region: "auto",
  });
  const target = `${stack.workerOrigin}/cdn-cgi/local/r2/s3/kinora-media/bench/plain.mp4`;
  const plain: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const signed = await s3.sign(target, { method: "PUT", aws: { signQuery: true } });
    let start = performance.now();
    const answer = await fetch(signed.url, { method: "PUT", body: file });
    if (!answer.ok)
      throw new Error(`The plain PUT answered ${answer.status}: ${await answer.text()}`);
    plain.push(megabytes / seconds(start));
    start = performance.now();
    const id = await uploadFile(api, clip, { title: `Upload ${round}` }, () => {});
    ours.push(megabytes / seconds(start));
    // Not the next round's competitor.
    await api.call("DELETE", `/v1/videos/${id}`);
  }
  return { plain: median(plain), ours: median(ours) };
}

/** Highest resident set so far of the transcoder's own process, without its ffmpeg children. MiB. */
function transcoderPeak(stack: DevStack): number {
  const children = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(stack.pid)], {
    encoding: "utf8",
  });
  const pid = /^\s*(\d+).*containers\/transcoder\/main\.ts/m.exec(children)?.[1];
  if (!pid) throw new Error(`No transcoder among:\n${children}`);
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(peak) / 1024);
}

const folder = await mkdtemp(join(tmpdir(), "kinora-bench-"));
const clip = join(folder, "minute.mp4");
console.log("Making a 60 s 1080p clip ...");
await makeClip(clip, { seconds: MINUTE, width: 1920, height: 1080, bitrate: 8_000_000 });
const stack = await startDevStack();
const figures: Record<string, number> = {};
try {
  const api = new ApiClient(stack.origin);
  await api.signIn({
    name: "Benchmark",
    email: "bench@kinora.localhost",
    password: "a clip is measured here",
  });

  const upload = await measureUpload(stack, api, clip);
  figures["plain PUT, MB/s"] = upload.plain;
  figures["upload, MB/s"] = upload.ours;
  figures["upload / plain PUT"] = upload.ours / upload.plain;

  const minute = await follow(api, clip, "ready");
  figures["60 s film: complete -> playable, s"] = minute.playable;
  figures["60 s film: complete -> ready, s"] = minute.ready;
  const ladder = await ladderWall(api, minute.id);
  figures["ladder, s"] = ladder;
  figures["bare ffmpeg, s"] = await bareLadder(planOf(stack.state, minute.id), clip, folder);
  figures["ladder / bare ffmpeg"] = ladder / figures["bare ffmpeg, s"];

  if (!options.quick) {
    const long = join(folder, "long.mp4");
    await runFfmpeg([
      "-stream_loop",
      "19",
      "-i",
      clip,
      "-c",
      "copy",
      "-movflags",
      "+faststart",
      long,
    ]);
    const film = await follow(api, long, "playable");
    figures["20 min film: complete -> playable, s"] = film.playable;
    figures["20 min / 60 s"] = film.playable / minute.playable;
    await api.call("DELETE", `/v1/videos/${film.id}`);

    const large = join(folder, "large.mov");
    await runFfmpeg([
      ...[
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=1920x1080:rate=30:duration=75",
        "-vf",
        "noise=alls=60:allf=t",
      ],
      ...["-c:v", "prores", "-profile:v", "3", large],
    ]);
    figures["large source, GB"] = statSync(large).size / 1e9;
    await follow(api, large, "ready");
  }
  figures["transcoder's Node process, peak MiB"] = transcoderPeak(stack);
} finally {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
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
      }),
};
printReport("bench:pipeline", figures, aims);
