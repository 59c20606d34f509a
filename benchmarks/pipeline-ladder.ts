import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { runFfmpeg } from "../scripts/product/sample-video.ts";
import { Plan } from "../workers/contract/transcodes.ts";
import { readStoredPlan } from "../workers/db/compressed-plan.ts";
import { isDownloadOnly } from "../workers/domain/downloads.ts";

/** Reads the plan of a video from the local catalogue; the API does not return quality settings. */
export function planOf(state: string, videoId: string): Plan {
  const folder = join(state, "v3/d1/miniflare-D1DatabaseObject");
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".sqlite"))) {
    const database = new DatabaseSync(join(folder, name), { readOnly: true });
    try {
      const isCatalog = database
        .prepare("SELECT 1 FROM sqlite_master WHERE name = 'transcodes'")
        .get();
      if (!isCatalog) continue;
      const row = database.prepare("SELECT plan FROM transcodes WHERE video_id = ?").get(videoId);
      if (row) return Plan.parse(readStoredPlan(row["plan"] as Uint8Array));
    } finally {
      database.close();
    }
  }
  throw new Error(`No plan for ${videoId} in ${folder}`);
}

/**
 * Runs one ffmpeg process that encodes the same renditions from the file on disk, with the preset, sizes, quality,
 * keyframe interval and audio of the product, and writes HLS to the same disk.
 * @returns seconds
 */
export async function bareLadder(plan: Plan, source: string, folder: string): Promise<number> {
  const gop = String(plan.grid.framesPerSegment);
  const video = plan.renditions.flatMap((rendition) =>
    rendition.type === "video" && rendition.codec === "h264" ? [rendition] : [],
  );
  const audio = plan.renditions.flatMap((rendition) =>
    rendition.type === "audio" && !isDownloadOnly(rendition) ? [rendition] : [],
  );
  const split = `[0:v:0]split=${video.length}${video.map((_, index) => `[s${index}]`).join("")}`;
  const scaled = video.map(
    ({ width, height }, index) =>
      `[s${index}]scale=${width}:${height}:flags=bicubic,format=yuv420p[v${index}]`,
  );
  const hls = (name: string): string[] => [
    ...["-f", "hls", "-hls_time", "3.99", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"],
    ...[
      "-hls_fmp4_init_filename",
      `${name}-init.mp4`,
      "-hls_segment_filename",
      join(folder, `${name}-%05d.m4s`),
      join(folder, `${name}.m3u8`),
    ],
  ];
  const start = performance.now();
  await runFfmpeg([
    ...["-i", source, "-filter_complex", [split, ...scaled].join(";")],
    ...video.flatMap(({ id, crf, maxrate, bufsize }, index) => [
      ...["-map", `[v${index}]`, "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"],
      ...["-crf", String(crf), "-maxrate", String(maxrate), "-bufsize", String(bufsize)],
      ...["-g", gop, "-keyint_min", gop, "-sc_threshold", "0", "-flags", "+cgop"],
      ...hls(id),
    ]),
    ...audio.flatMap(({ id, streamIndex, bitrate, channels }) => [
      ...[
        "-map",
        `0:${streamIndex}`,
        "-c:a",
        "aac",
        "-b:a",
        String(bitrate),
        "-ac",
        String(channels),
      ],
      ...hls(id),
    ]),
  ]);
  return (performance.now() - start) / 1000;
}
