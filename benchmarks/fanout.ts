/**
 * `npm run bench:fanout`: the same film with one single-threaded runner and with two. Efficiency 1 means that two
 * do it in half the time; the Worker, its databases and its storage share the same cores, and that share is printed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "../scripts/api-client.ts";
import { generateSource } from "../scripts/product/sample-video.ts";
import { startDevStack } from "../scripts/product/dev-stack.ts";
import { follow, ladderWall } from "./follow.ts";
import { processorSeconds } from "./processor.ts";
import { printReport } from "./report.ts";

const CLIP = { seconds: 120, width: 1280, height: 720, bitrate: 5_000_000 };
const AIM = 0.85;

/** @returns seconds of the whole ladder, and the share of all cores that the Worker's side took, upload included */
async function encodeWith(runners: number, clip: string): Promise<{ wall: number; share: number }> {
  const stack = await startDevStack({ runners, slots: 1, env: { THREADS: "1" } });
  try {
    const api = new ApiClient(stack.origin);
    await api.signIn({
      name: "Benchmark",
      email: "bench@kinora.localhost",
      password: "a clip is measured here",
    });
    const used = processorSeconds(stack.pid, "workerd");
    const { id, upload, ready } = await follow(api, clip, "ready");
    const share =
      (processorSeconds(stack.pid, "workerd") - used) / ((upload + ready) * availableParallelism());
    return { wall: await ladderWall(api, id), share };
  } finally {
    await stack.stop();
  }
}

const folder = await mkdtemp(join(tmpdir(), "kinora-fanout-"));
const clip = join(folder, "clip.mp4");
try {
  await generateSource(clip, CLIP);
  const one = await encodeWith(1, clip);
  const two = await encodeWith(2, clip);
  const efficiency = one.wall / (2 * two.wall);
  printReport(
    "bench:fanout",
    {
      "one runner: ladder, s": one.wall,
      "two runners: ladder, s": two.wall,
      efficiency,
      "one runner: the Worker's share of the cores": one.share,
      "two runners: the Worker's share of the cores": two.share,
    },
    { "efficiency >= 0.85": efficiency >= AIM },
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
