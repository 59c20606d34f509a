import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ApiClient } from "../../../scripts/api-client.ts";
import { untilReady } from "../../../scripts/product/published-video.ts";
import { runFfmpeg } from "../../../scripts/product/sample-video.ts";
import { uploadFile } from "../../../scripts/upload-file.ts";

export const WHITE_VIDEO_SECONDS = 24;
/** One line in each language, shown from the first second to the last. */
const CAPTION_TEXT = "The harbour is quiet.";

/**
 * Publishes a video of white frames, the worst case for controls over it, with two audio and two caption tracks.
 * @param folder for the source
 * @returns its id
 */
export async function publishWhiteVideo(origin: string, folder: string): Promise<string> {
  const subtitles = join(folder, "white.srt");
  await writeFile(
    subtitles,
    `1\n00:00:00,000 --> 00:00:${WHITE_VIDEO_SECONDS},000\n${CAPTION_TEXT}\n`,
  );
  const source = join(folder, "white.mkv");
  const duration = `duration=${WHITE_VIDEO_SECONDS}`;
  await runFfmpeg([
    ...["-f", "lavfi", "-i", `color=white:size=640x360:rate=24:${duration}`],
    ...["-f", "lavfi", "-i", `sine=frequency=330:${duration}`],
    ...["-f", "lavfi", "-i", `sine=frequency=660:${duration}`],
    ...["-i", subtitles, "-i", subtitles],
    ...["-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "4"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "48"],
    ...["-c:a", "aac", "-c:s", "srt"],
    ...["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"],
    ...["-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=deu"],
    source,
  ]);
  const api = new ApiClient(origin);
  await api.signIn({
    name: "Nora Vale",
    email: "white-harbour@example.com",
    password: "nine quiet harbour lamps",
  });
  const metadata = { title: "White harbour", category: "film", visibility: "public" } as const;
  const id = await uploadFile(api, source, metadata, () => {});
  await untilReady(api, id);
  return id;
}
