import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ApiClient } from "../../../scripts/api-client.ts";
import { untilReady } from "../../../scripts/product/published-video.ts";
import { runFfmpeg } from "../../../scripts/product/sample-video.ts";
import { VideoPage } from "../../../workers/contract/videos.ts";
import type { UploadCreate } from "../../../workers/contract/uploads.ts";
import { uploadFile } from "../../../scripts/upload-file.ts";

export const WHITE_VIDEO_SECONDS = 24;
const TITLE = "White harbour";
const LAST_LINE = "Thanks to everybody on the pier.";
/** Long enough to be collapsed. */
const DESCRIPTION = [
  "More is at https://harbour.example/lights.",
  "The storm begins at 0:16.",
  ...["Camera: north pier.", "Sound: south pier.", "Light: none.", "Boats: none."],
  LAST_LINE,
].join("\n");
export const WHITE_VIDEO_LAST_LINE = LAST_LINE;
export const WHITE_VIDEO_ACCOUNT = {
  name: "Nora Vale",
  email: "white-harbour@example.com",
  password: "nine quiet harbour lamps",
};
/** Duration of the file. */
export const WHITE_VIDEO_CHAPTERS = [
  { start: 0, title: "Intro" },
  { start: 6, title: "Harbour <lights>" },
  { start: 16, title: "Storm" },
];
const LINE_SECONDS = 2;
/** The same cues in each language; one is shown at any time from the first second to the last. */
const WHITE_VIDEO_LINES = Array.from(
  { length: WHITE_VIDEO_SECONDS / LINE_SECONDS },
  (_, index) => ({
    start: index * LINE_SECONDS,
    text: index === 0 ? "The harbour is quiet." : `Lantern ${index} is lit.`,
  }),
);

/**
 * A video of white frames, the worst case for controls over it, with two audio and two caption tracks and chapters. It is
 * published once per stack.
 * @param folder for the source
 * @returns its id
 */
export async function publishWhiteVideo(origin: string, folder: string): Promise<string> {
  const api = new ApiClient(origin);
  await api.signIn(WHITE_VIDEO_ACCOUNT);
  const own = VideoPage.parse(await api.call("GET", "/v1/videos?creator=me&state=ready"));
  const published = own.items.find(({ title }) => title === TITLE);
  if (published) return published.id;
  const subtitles = join(folder, "white.srt");
  await writeFile(subtitles, WHITE_VIDEO_LINES.map(subtitle).join("\n"));
  const chapters = join(folder, "chapters.txt");
  await writeFile(chapters, `;FFMETADATA1\n${WHITE_VIDEO_CHAPTERS.map(chapterMetadata).join("")}`);
  const source = join(folder, "white.mkv");
  const duration = `duration=${WHITE_VIDEO_SECONDS}`;
  await runFfmpeg([
    ...["-f", "lavfi", "-i", `color=white:size=640x360:rate=24:${duration}`],
    ...["-f", "lavfi", "-i", `sine=frequency=330:${duration}`],
    ...["-f", "lavfi", "-i", `sine=frequency=660:${duration}`],
    ...["-i", subtitles, "-i", subtitles, "-i", chapters, "-map_metadata", "5"],
    ...["-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "4"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "48"],
    ...["-c:a", "aac", "-c:s", "srt"],
    ...["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"],
    ...["-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=deu"],
    source,
  ]);
  const metadata = {
    title: TITLE,
    description: DESCRIPTION,
    category: "film",
    tags: ["white nights"],
    people: ["Mara Quill"],
    visibility: "public",
  } satisfies Partial<UploadCreate>;
  const id = await uploadFile(api, source, metadata, () => {});
  await untilReady(api, id);
  return id;
}

function subtitle({ start, text }: { start: number; text: string }, index: number): string {
  const time = (seconds: number) => `00:00:${String(seconds).padStart(2, "0")},000`;
  return `${index + 1}\n${time(start)} --> ${time(start + LINE_SECONDS)}\n${text}\n`;
}

function chapterMetadata(
  { start, title }: { start: number; title: string },
  index: number,
): string {
  const end = WHITE_VIDEO_CHAPTERS[index + 1]?.start ?? WHITE_VIDEO_SECONDS;
  return `[CHAPTER]\nTIMEBASE=1/1\nSTART=${start}\nEND=${end}\ntitle=${title}\n`;
}
