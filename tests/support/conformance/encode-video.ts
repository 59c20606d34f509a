import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { probeCapabilities } from "../../../containers/transcoder/runtime/capabilities.ts";
import { Runner } from "../../../containers/transcoder/runtime/runner.ts";
import { resolveTools } from "../../../containers/transcoder/runtime/tools.ts";
import type { Publication } from "../../../workers/contract/publications.ts";
import type { TaskEvent } from "../../../workers/contract/task-event.ts";
import type { TaskResult, TaskSpec } from "../../../workers/contract/transcodes.ts";
import { assemblePublication, type StoredMedia } from "../../../workers/media/publication.ts";
import { type Cue, writeWebVtt } from "../../../workers/domain/captions/cues.ts";
import { planSettings } from "../../../workers/domain/tasks/plan-settings.ts";
import { chunkFolder, versionPrefix } from "../../../workers/media/storage-keys.ts";
import { renderPublication } from "../../../workers/media/playlists/render.ts";
import { serveFolder } from "./file-server.ts";

const VIDEO = { videoId: "Conformance00000000000", version: 1 };
/** Deliberately uneven: a fractional frame rate, and a last segment that is shorter than the others. */
const SECONDS = 13.4;
const FRAME_RATE = "30000/1001";

/** The second cue is shown in both caption segments. */
export const CAPTIONS: Cue[] = [
  { start: 1, end: 3, text: "A line", settings: "" },
  { start: 11.5, end: 12.5, text: "Another line", settings: "" },
];

/** The second cue begins within a segment. */
export const CHAPTERS = [
  { start: 0, title: "Harbour" },
  { start: 6.5, title: "Storm, force 9" },
];

export const tools = resolveTools(process.env);

/** Generates a video with motion in every frame, an English stereo track and a German mono track. */
async function makeSource(file: string, seconds: number): Promise<void> {
  function sine(frequency: number): string[] {
    return [
      "-f",
      "lavfi",
      "-i",
      `sine=frequency=${frequency}:sample_rate=48000:duration=${seconds}`,
    ];
  }
  await promisify(execFile)(tools.ffmpeg, [
    ...["-v", "error", "-f", "lavfi"],
    ...["-i", `testsrc2=size=640x360:rate=${FRAME_RATE}:duration=${seconds}`],
    ...[...sine(440), ...sine(880), "-map", "0", "-map", "1", "-map", "2"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "100", "-pix_fmt", "yuv420p"],
    ...["-c:a", "aac", "-ac:a:0", "2", "-ac:a:1", "1"],
    ...["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu", "-y", file],
  ]);
}

function outputsOf(spec: TaskSpec): Record<string, string> {
  const folder = (path: string): string => `${versionPrefix(VIDEO.videoId, VIDEO.version)}${path}/`;
  if (spec.kind === "video") {
    return Object.fromEntries(
      spec.renditions.map(({ id }) => [id, folder(chunkFolder(id, spec.firstSegment, 1))]),
    );
  }
  return spec.kind === "audio"
    ? { [spec.rendition.id]: folder(chunkFolder(spec.rendition.id, 0, 1)) }
    : {};
}

/**
 * Plans and encodes a video with the real transcoder. The result in `folder` is laid out as under `/media/{token}/`,
 * with the final playlists in `p1`. Segments last two seconds, so that a short video has several chunks.
 */
export async function encodeVideoFile(
  folder: string,
  { seconds = SECONDS, secondCodec = "av1" } = {},
): Promise<Publication> {
  await mkdir(join(folder, VIDEO.videoId, "1", "captions"), { recursive: true });
  await makeSource(join(folder, "source.mp4"), seconds);
  const { server, url } = await serveFolder(folder);
  const capabilities = await probeCapabilities(tools);
  const runner = new Runner({
    tools,
    capabilities,
    slots: 1,
    threads: availableParallelism(),
    maxMemoryBytes: 2 ** 31,
    maxDiskBytes: 2 ** 33,
    maxCacheBytes: 1 << 28,
    folder,
  });
  async function perform(spec: TaskSpec): Promise<TaskResult> {
    const events: TaskEvent[] = [];
    const request = {
      taskId: "t",
      attempt: 1,
      storage: url,
      inputs: { source: "source.mp4" },
      outputs: outputsOf(spec),
      spec,
    };
    await runner.run(request, new AbortController().signal, (event) => events.push(event));
    const last = events.at(-1);
    if (last?.type !== "done") throw new Error(`${spec.kind}: ${JSON.stringify(last)}`);
    return last.result;
  }

  const settings = {
    ...planSettings({
      MAX_RUNNERS: "2",
      SLOTS_PER_RUNNER: "1",
      SECOND_CODEC: secondCodec,
      PASSTHROUGH: "false",
    } as never),
    segmentSeconds: 2,
  };
  const planned = await perform({ kind: "plan", settings, remuxed: false });
  if (planned.kind !== "plan") throw new Error(`planning returned ${planned.kind}`);
  const media: StoredMedia[] = [];
  for (const { spec } of planned.plan.tasks) {
    const result = spec.kind === "video" || spec.kind === "audio" ? await perform(spec) : null;
    if (result?.kind === "media") media.push({ attempt: 1, outputs: result.outputs });
  }
  server.close();

  const kind = "subtitles" as const;
  const captions = [{ language: "en", kind, name: "English", path: "captions/en.1.vtt" }];
  await writeFile(join(folder, VIDEO.videoId, "1", captions[0]!.path), writeWebVtt(CAPTIONS));
  const publication = assemblePublication({
    video: {
      ...{ ...VIDEO, captions, live: false, encrypted: false },
      chapters: CHAPTERS.filter(({ start }) => start < seconds),
    },
    plan: planned.plan,
    media,
    incomplete: new Set(),
  });
  const playlists = join(folder, VIDEO.videoId, "1", "p1");
  await mkdir(playlists);
  await writeFile(join(playlists, "index.json"), JSON.stringify(publication));
  for (const { name, body } of renderPublication(publication))
    await writeFile(join(playlists, name), body);
  return publication;
}
