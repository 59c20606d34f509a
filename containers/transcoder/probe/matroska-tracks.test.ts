import { expect, it } from "vitest";
import { FAILURES } from "../../../workers/domain/tasks/failures.ts";
import type { ContainerTrack } from "./container-track.ts";
import { Probed } from "./ffprobe-output.ts";
import { matroskaVideoTracks } from "./matroska-tracks.ts";
import { videoTrackOf } from "./source-info.ts";

/** A Matroska element with a four-byte size. @param id in hexadecimal */
function element(id: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(0x10_00_00_00 + body.length);
  return Buffer.concat([Buffer.from(id, "hex"), size, body]);
}

const uint = (id: string, value: number): Buffer =>
  element(id, Buffer.from([value >> 8, value & 0xff]));

/** The first video track of a file whose only track is a 640 x 480 video with these additional elements. */
async function trackWith(...elements: readonly Buffer[]): Promise<ContainerTrack | undefined> {
  const video = element("e0", uint("b0", 640), uint("ba", 480));
  const tracks = element("1654ae6b", element("ae", uint("83", 1), video, ...elements));
  const file = Buffer.concat([element("1a45dfa3"), element("18538067", tracks)]);
  const [track] = await matroskaVideoTracks(async (start, length) =>
    file.subarray(start, start + length),
  );
  return track;
}

/** The configuration of Dolby Vision as Matroska stores it. */
function dolbyVision(type: string, profile: number, compatibility: number): Buffer {
  const record = Buffer.from([1, 0, profile << 1, 0, compatibility << 4]);
  return element("41e4", element("41e7", Buffer.from(type, "latin1")), element("41ed", record));
}

/** Picks the video track of a file with this track. */
function pick(containerTrack: ContainerTrack | undefined): number {
  const stream = { index: 0, codec_type: "video", codec_name: "hevc", width: 640, height: 480 };
  const format = { format_name: "matroska,webm" };
  return videoTrackOf(Probed.parse({ format, streams: [{ ...stream, containerTrack }] })).index;
}

it.each([
  ["profile 5, whose colours are its own", "dvcC", 5, 0, "dolby_vision_only"],
  ["profile 10, without a compatible base", "dvvC", 10, 0, "dolby_vision_only"],
  ["profile 8, which is compatible with HLG", "dvvC", 8, 4, undefined],
] as const)("Dolby Vision in Matroska: %s", async (_, type, profile, compatibility, code) => {
  const track = await trackWith(dolbyVision(type, profile, compatibility));
  expect(track).toMatchObject({ width: 640, dolbyVision: { profile, compatibility } });
  if (code === undefined) expect(pick(track)).toBe(0);
  else expect(() => pick(track)).toThrow(FAILURES[code].sentence);
});

it("an encrypted track in Matroska is reported as encrypted", async () => {
  const track = await trackWith(element("6d80", element("6240", element("5035"))));
  expect(track).toMatchObject({ isEncrypted: true });
  expect(() => pick(track)).toThrow(FAILURES.encrypted_file.sentence);
});
