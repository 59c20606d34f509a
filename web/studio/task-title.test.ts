import { expect, it } from "vitest";
import { taskTitle } from "./task-title.ts";

it.each([
  ["plan", "plan", "Looking at the film"],
  ["video", "video 0 h264-240", "Opening, 240p"],
  ["video", "video 12", "Picture, part 12"],
  ["audio", "audio 0", "Sound"],
  ["audio", "audio 1", "Sound, track 2"],
  ["video", "video 0 others", "Opening, other sizes"],
  ["audio", "audio opus", "Sound for WebM"],
  ["audio", "audio 0 part 2", "Sound, part 2"],
  ["audio", "audio 1 part 3", "Sound, track 2, part 3"],
  ["video", "video av1 0", "AV1, part 1"],
  ["video", "something else", "something else"],
  ["download", "download webm", "Download, WEBM"],
  ["images", "images 2", "Poster and preview pictures"],
  ["finish", "finish extras", "Publishing"],
])("a %s task named %s is %s", (kind, name, title) => {
  expect(taskTitle({ kind, name })).toBe(title);
});
