import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isExtraStage } from "../../../workers/domain/tasks/task-order.ts";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { Plan, PlanSettings, TaskSpec } from "../../../workers/contract/transcodes.ts";
import { isDownloadOnly } from "../../../workers/domain/downloads.ts";
import { segmentName } from "../../../workers/domain/tasks/segment-names.ts";
import {
  type Bench,
  generate,
  probeFile,
  startBench,
  tools,
} from "../../../tests/support/transcoder/bench.ts";
import { capabilitiesOf } from "../../../tests/support/transcoder/capabilities.ts";
import { runTask, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { planExtras } from "./extras.ts";
import { h264Ladder } from "./ladder.ts";
import { gridFor } from "./plan.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 60_000);
afterAll(() => bench[Symbol.asyncDispose]());

const { encoders } = await capabilitiesOf(tools);
/** The second codec of a deployment that asks for AV1, if this build of ffmpeg has it. */
const codec = encoders.has("libsvtav1") ? "av1" : "vp9";

async function run(spec: TaskSpec, inputs: Record<string, string> = {}) {
  const { outcome, outputs } = await runTask(
    bench.runner,
    bench.storage,
    { source: "source", ...inputs },
    spec,
  );
  if (outcome.type === "failed") throw new Error(`${spec.kind}: ${outcome.code}`);
  return { result: outcome.result, outputs };
}

/** Plans a video. @param secondCodec the deployment's setting */
async function planVideo(secondCodec: PlanSettings["secondCodec"]): Promise<Plan> {
  const file = join(bench.folder, "source.mp4");
  await generate([
    ...["-f", "lavfi", "-i", "testsrc2=s=320x200:r=25:d=9", "-f", "lavfi", "-i", "sine=d=9"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", file],
  ]);
  bench.storage.link("source", file);
  const settings = { ...SETTINGS, secondCodec };
  const { result } = await run({ kind: "plan", settings, remuxed: false });
  if (result.kind !== "plan") throw new Error("no plan");
  return result.plan;
}

/** The task that encodes the Opus track of a WebM download, as the Worker creates it. */
function opusSpec({ source, grid, renditions }: Plan): TaskSpec {
  const rendition = renditions.find(({ id }) => id === "opus-0");
  if (rendition?.type !== "audio") throw new Error("no Opus rendition");
  const seconds = (frames: number) => (frames * grid.frameRate.den) / grid.frameRate.num;
  return {
    kind: "audio",
    source,
    rendition,
    segmentSeconds: seconds(grid.framesPerSegment),
    duration: seconds(grid.totalFrames),
    loudness: false,
    limits: SETTINGS.limits,
  };
}

/** Encodes every rendition. `parts` are their segments by their input names in a download task. */
async function encodeAll(plan: Plan) {
  const parts: Record<string, string> = {};
  const codecs: Record<string, Set<string>> = {};
  const inits: Record<string, Set<string>> = {};
  for (const spec of [...plan.tasks.map((task) => task.spec), opusSpec(plan)]) {
    if (spec.kind !== "video" && spec.kind !== "audio") continue;
    const done = await run(spec);
    if (done.result.kind !== "media") throw new Error(`${spec.kind} returned ${done.result.kind}`);
    for (const [id, output] of Object.entries(done.result.outputs)) {
      const prefix = done.outputs[id] ?? "";
      parts[`${id}/init`] = `${prefix}init.mp4`;
      (codecs[id] ??= new Set()).add(output.codecs);
      (inits[id] ??= new Set()).add(output.initSha256);
      for (const [index] of output.segments.entries()) {
        const number = output.firstSegment + index;
        parts[`${id}/${number}`] = `${prefix}${segmentName(number)}`;
      }
    }
  }
  return { parts, codecs, inits };
}

describe("extras", () => {
  it("are made after everything that a video needs to be ready", async () => {
    const { tasks, renditions } = await planVideo("av1");
    const later = tasks.filter(({ stage }) => isExtraStage(stage));
    expect(later.map(({ name, stage }) => [name, stage])).toEqual([
      [`video ${codec} 0`, "extras"],
      ["finish extras", "publish-extras"],
    ]);
    expect(renditions.map(({ id }) => id)).toEqual([
      "h264-200",
      "audio-0",
      `${codec}-200`,
      "opus-0",
    ]);
  });

  it("are only the renditions of a WebM download if there is no second codec", async () => {
    const { tasks, renditions } = await planVideo("none");
    expect(tasks.filter(({ stage }) => isExtraStage(stage))).toEqual([]);
    expect(renditions.map((rendition) => [rendition.id, isDownloadOnly(rendition)])).toEqual([
      ["h264-200", false],
      ["audio-0", false],
      ["vp9-200", true],
      ["opus-0", true],
    ]);
  });

  it.each([
    [1920, 1080, "vp9-720"],
    [1080, 1920, "vp9-720"],
    [640, 360, "vp9-360"],
    [1600, 900, "vp9-720"],
  ])(
    "of a video of %i x %i include a WebM rendition with a height of at most 720: %s",
    (width, height, expected) => {
      const rate = { num: 25, den: 1 };
      const ladder = h264Ladder({ width, height }, rate);
      const source = { video: { range: "sdr" } } as SourceInfo;
      const { renditions } = planExtras({
        source,
        grid: gridFor(rate, 60, 4),
        ladder,
        audio: [],
        codecs: { webm: "vp9" },
        settings: SETTINGS,
      });
      expect(renditions.map(({ id }) => id)).toEqual([expected]);
    },
  );

  it("have every frame, and can be downloaded as MP4, M4A and WebM without encoding again", async () => {
    const plan = await planVideo("av1");
    const { parts, codecs, inits } = await encodeAll(plan);
    expect([...(codecs[`${codec}-200`] ?? [])]).toEqual([
      expect.stringMatching(codec === "av1" ? /^av01\.0\.\d\dM\.08$/ : /^vp09\.00\.\d\d\.08$/),
    ]);
    for (const hashes of Object.values(inits)) expect(hashes.size).toBe(1);

    const streams: Record<string, unknown> = {};
    const frames: Record<string, number> = {};
    for (const [format, renditions] of [
      ["mp4", ["h264-200", "audio-0"]],
      ["m4a", ["audio-0"]],
      ["webm", [`${codec}-200`, "opus-0"]],
    ] as const) {
      const { limits } = SETTINGS;
      const title = "Café del Mär";
      const done = await run(
        { kind: "download", format, title, renditions: [...renditions], limits },
        parts,
      );
      if (done.result.kind !== "download") throw new Error("no download");
      expect(done.result.file).toBe(`Cafe-del-Mar.${format}`);
      const file = join(bench.folder, done.outputs["files"] ?? "", done.result.file);
      const probed = await probeFile(file);
      const bytes = await readFile(file);
      if (format !== "webm") expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
      streams[format] = probed.streams.map((stream) => stream["codec_name"]);
      frames[format] = probed.packets.filter(({ stream }) => stream === 0).length;
    }
    expect(frames).toMatchObject({ mp4: 225, webm: 225 });
    expect(streams).toEqual({ mp4: ["h264", "aac"], m4a: ["aac"], webm: [codec, "opus"] });
  });
});
