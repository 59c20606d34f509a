import { expect, test } from "vitest";
import { taskTitles } from "./task-title.ts";

/** The title of the last of these tasks. */
function titleOfLast(...tasks: [kind: string, name: string][]): string | undefined {
  const named = tasks.map(([kind, name], index) => ({ id: `t${index}`, kind, name }));
  return taskTitles(named).get(`t${tasks.length - 1}`);
}

test.each([
  ["plan", "plan", "Checking the file"],
  ["video", "video 0 h264-240", "Video, 240p"],
  ["audio", "audio 0", "Audio"],
  ["audio", "audio 1", "Audio, track 2"],
  ["video", "video 0 others", "Video, other resolutions"],
  ["video", "video 0 others 2", "Video, other resolutions, set 2"],
  ["audio", "audio opus", "Audio for WebM"],
  ["video", "video av1 0", "Video, AV1"],
  ["video", "something else", "something else"],
  ["download", "download webm", "Download, WebM"],
  ["images", "images", "Thumbnail, preview and storyboard"],
  ["images", "images at 72.5 s, 1700000000000", "Thumbnail from 1:12"],
  ["images", "images from a picture, 1700000000000", "Thumbnail from your picture"],
  ["finish", "finish extras", "Publishing"],
])("a %s task named %s is titled %s", (kind, name, title) => {
  expect(titleOfLast([kind, name])).toBe(title);
});

test.each([
  ["video 0 h264-240", ["video 12"], "Video, 240p, part 1 of 13"],
  ["video 12", ["video 0 h264-240", "video 0 others"], "Video, part 13 of 13"],
  ["video 0 others", ["video 1", "video av1 7"], "Video, other resolutions, part 1 of 2"],
  ["video av1 0", ["video 0 h264-240", "video 9", "video av1 1"], "Video, AV1, part 1 of 2"],
  ["audio 0 part 2", ["audio 0", "audio 0 part 3"], "Audio, part 2 of 3"],
  ["audio 0", ["audio 0 part 2", "audio 1 part 3"], "Audio, part 1 of 2"],
  ["audio 1 part 3", ["audio 0", "audio 1", "audio 1 part 2"], "Audio, track 2, part 3 of 3"],
])("%s beside %o is titled %s", (name, others, title) => {
  const kind = (task: string) => task.split(" ")[0] ?? "";
  const tasks = [...others, name].map((task): [string, string] => [kind(task), task]);
  expect(titleOfLast(...tasks)).toBe(title);
});
