import { expect, test } from "vitest";
import { encryptedSize, encryptedStartSize } from "../content-key.ts";
import { averageBandwidth, peakBandwidth } from "./bandwidth.ts";
import { examplePublication } from "../../../tests/support/worker/publication.ts";
import { renderLive, renderPublication } from "./render.ts";

const encrypted = examplePublication({ encrypted: true });
const playlists = new Map(renderPublication(encrypted).map(({ name, body }) => [name, body]));

test("an encrypted video has HLS only: no DASH manifest", () => {
  expect([...playlists.keys()]).toEqual([
    "multivariant.m3u8",
    "h264-720.m3u8",
    "h264-720.iframes.m3u8",
    "h264-360.m3u8",
    "h264-360.iframes.m3u8",
    "audio-0.m3u8",
    "audio-1.m3u8",
    "subs-en.m3u8",
    "subs-de.m3u8",
  ]);
});

test("I-frames of an encrypted video have their own URLs, because no byte range of a segment can be decrypted", () => {
  const playlist = playlists.get("h264-360.iframes.m3u8")!;
  expect(playlist).not.toContain("BYTERANGE");
  // The number of a frame in the playlist is that of its segment, from which players derive the IV.
  expect(playlist.match(/#EXT-X-(MAP|KEY|MEDIA).*|\d{5}\.\d+\.m4s$/gm)).toEqual([
    "#EXT-X-MEDIA-SEQUENCE:0",
    '#EXT-X-MAP:URI="../h264-360/0.1/init.mp4"',
    '#EXT-X-KEY:METHOD=AES-128,URI="../key"',
    "00000.50000.m4s",
    "00001.75000.m4s",
    "00002.50000.m4s",
    "00003.25000.m4s",
  ]);
  const peak = Math.ceil((encryptedStartSize(75_000) * 8) / 4);
  expect(playlists.get("multivariant.m3u8")).toContain(
    `EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=${peak},`,
  );
});

test("the key applies to all segments, but not to the init segment before it", () => {
  for (const name of ["h264-720.m3u8", "audio-1.m3u8"]) {
    const tags = playlists.get(name)!.match(/#EXT-X-(MAP|KEY).*|\d{5}\.m4s/g);
    expect(tags).toEqual([
      expect.stringContaining("init.mp4"),
      '#EXT-X-KEY:METHOD=AES-128,URI="../key"',
      "00000.m4s",
      "00001.m4s",
      "00002.m4s",
      "00003.m4s",
    ]);
  }
  expect(playlists.get("subs-en.m3u8")).not.toContain("EXT-X-KEY");
});

test("the key does not apply to a later init segment either", () => {
  const publication = examplePublication({ encrypted: true, live: true });
  publication.renditions[0]!.outputs[1]!.initSha256 = "b".repeat(64);
  const keys = renderLive(publication, "h264-720.m3u8")!.body.match(/#EXT-X-(MAP|KEY).*/g);
  expect(keys).toEqual([
    '#EXT-X-MAP:URI="../h264-720/0.1/init.mp4"',
    '#EXT-X-KEY:METHOD=AES-128,URI="../key"',
    "#EXT-X-KEY:METHOD=NONE",
    '#EXT-X-MAP:URI="../h264-720/1.1/init.mp4"',
    '#EXT-X-KEY:METHOD=AES-128,URI="../key"',
  ]);
});

test("bandwidths are measured on the encrypted segments", () => {
  const measured = (id: string) => {
    const { outputs } = encrypted.renditions.find(({ rendition }) => rendition.id === id)!;
    const segments = outputs.flatMap((output) =>
      output.segments.map(({ duration, bytes }) => ({
        seconds: duration / output.timescale,
        bytes: encryptedSize(bytes),
      })),
    );
    return [peakBandwidth(segments, 4), averageBandwidth(segments)] as const;
  };
  const [peak, average] = measured("h264-360");
  const [audioPeak, audioAverage] = measured("audio-0");
  expect(playlists.get("multivariant.m3u8")).toContain(
    `BANDWIDTH=${peak + audioPeak},AVERAGE-BANDWIDTH=${average + audioAverage},`,
  );
});
