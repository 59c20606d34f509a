import { expect, test } from "vitest";
import type { UploadRoom } from "../../../workers/contract/uploads.ts";
import { judgeFile } from "./judge-file.ts";

const GB = 1e9;
const ROOM: UploadRoom = { maxFileBytes: 10 * GB, quotaBytes: 50 * GB, usedBytes: 0, audio: true };
const text = (marks: [at: number, text: string][], size = 600) => {
  const content = new Uint8Array(size);
  for (const [at, mark] of marks)
    for (let i = 0; i < mark.length; i++) content[at + i] = mark.charCodeAt(i);
  return content;
};
const MP4 = text([[4, "ftypisom"]]);
const TRANSPORT = text([
  [0, "G"],
  [188, "G"],
  [376, "G"],
]);
const fileOf = (name: string, content: Uint8Array<ArrayBuffer>, type = "") =>
  new File([content], name, { type });

test.each([
  ["clip.mts", TRANSPORT, "", "video/mp2t"],
  ["clip.ts", TRANSPORT, "video/vnd.dlna.mpeg-tts", "video/mp2t"],
  ["tape.dv", text([[0, "\x1f\x07\0\xbf"]]), "", "video/x-dv"],
  ["VTS_01_1.VOB", text([[0, "\0\0\x01\xba"]]), "", "video/mpeg"],
  ["no extension", MP4, "", "video/mp4"],
  ["renamed.txt", MP4, "text/plain", "video/mp4"],
  ["strange.mkv", text([]), "video/x-matroska", "video/x-matroska"],
  ["strange.m2v", text([]), "", "application/octet-stream"],
])("%s is accepted and gets the correct type", async (name, content, type, contentType) => {
  expect(await judgeFile(fileOf(name, content, type), ROOM, 0)).toEqual({ contentType });
});

test.each([
  ["empty.mp4", new Uint8Array(), "“empty.mp4” is empty."],
  ["photo.mp4", text([[0, "\xff\xd8\xff\xe0"]]), "“photo.mp4” is not a video"],
  ["code.ts", new TextEncoder().encode("export const a = 1;\n"), "“code.ts” is not a video"],
  ["data.bin", text([]), "“data.bin” is not a video"],
])("%s is refused in plain words", async (name, content, words) => {
  expect(await judgeFile(fileOf(name, content), ROOM, 0)).toEqual({
    refusal: expect.stringContaining(words),
  });
});

test("a file that is too large or exceeds the quota is refused with readable sizes", async () => {
  const large = Object.defineProperty(fileOf("large.mp4", MP4), "size", { value: 12 * GB });
  expect(await judgeFile(large, ROOM, 0)).toEqual({
    refusal: expect.stringMatching(/large\.mp4.*12 GB.*10 GB/),
  });
  const room = { ...ROOM, maxFileBytes: 20 * GB, usedBytes: 30 * GB };
  expect(await judgeFile(large, room, 0)).toEqual({ contentType: "video/mp4" });
  expect(await judgeFile(large, room, 15 * GB)).toEqual({
    refusal: expect.stringMatching(/12 GB.*5\.0 GB/),
  });
});

test("audio is accepted only if the site accepts it", async () => {
  const song = fileOf("song.mp3", text([[0, "ID3"]]), "audio/mpeg");
  expect(await judgeFile(song, ROOM, 0)).toEqual({ contentType: "audio/mpeg" });
  expect(await judgeFile(song, { ...ROOM, audio: false }, 0)).toHaveProperty("refusal");
});
