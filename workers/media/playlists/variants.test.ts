import HLS from "hls-parser";
import type { MasterPlaylist } from "hls-parser/types";
import { expect, test } from "vitest";
import type { Rendition } from "../../contract/transcodes.ts";
import { examplePublication } from "../../../tests/support/worker/publication.ts";
import { renderPublication } from "./render.ts";

test("a multivariant playlist begins with an H.264 rendition, and goes on in order of bandwidth", () => {
  const base = examplePublication({ captions: [] });
  const [top, low, audio] = base.renditions;
  // Sizes of segments of 4, 4, 4 and 1 seconds with about this many bits per second.
  function withRate(id: string, codec: "h264" | "av1", height: number, rate: number) {
    const outputs = low!.outputs.map((output) => ({
      ...output,
      segments: output.segments.map((segment) => ({
        ...segment,
        bytes: Math.round((rate * segment.duration) / output.timescale / 8),
      })),
    }));
    const size = { width: (height * 16) / 9, height };
    return { rendition: { ...top!.rendition, ...size, id, codec } as Rendition, outputs };
  }
  const renditions = [
    withRate("h264-360", "h264", 360, 700_000),
    withRate("h264-720", "h264", 720, 1_500_000),
    withRate("h264-1080", "h264", 1080, 4_000_000),
    withRate("av1-720", "av1", 720, 900_000),
    withRate("av1-1080", "av1", 1080, 1_900_000),
    audio!,
  ];
  const body = renderPublication({ ...base, renditions })[0]!.body;
  const { variants } = HLS.parse(body) as MasterPlaylist;
  expect(variants.filter(({ isIFrameOnly }) => !isIFrameOnly).map(({ uri }) => uri)).toEqual(
    ["h264-720", "h264-360", "av1-720", "av1-1080", "h264-1080"].map((id) => `${id}.m3u8`),
  );
  // A player that supports both codecs picks the better image at each size, although it has fewer bits.
  const scores = [...body.matchAll(/SCORE=(\d+).*\n([a-z\d-]+)\.m3u8/g)].map(([, score, id]) => [
    id!,
    Number(score),
  ]);
  expect(Object.fromEntries(scores)).toEqual({
    "h264-360": 1,
    "h264-720": 2,
    "av1-720": 3,
    "h264-1080": 4,
    "av1-1080": 5,
  });
});

test("a multivariant playlist has audio tracks with other channel layouts in the same group, for every video rendition", () => {
  const base = examplePublication();
  const [english, german] = base.renditions.slice(2);
  const rendition = { ...german!.rendition, channels: 1 } as Rendition;
  const renditions = [...base.renditions.slice(0, 2), english!, { ...german!, rendition }];
  const { variants } = HLS.parse(
    renderPublication({ ...base, renditions })[0]!.body,
  ) as MasterPlaylist;
  const renditionVariants = variants.filter((variant) => !variant.isIFrameOnly);
  expect(
    renditionVariants.map(({ uri, audio }) => [
      uri,
      audio.map(({ language, channels }) => `${language}${channels}`),
    ]),
  ).toEqual([
    ["h264-720.m3u8", ["en2", "de1"]],
    ["h264-360.m3u8", ["en2", "de1"]],
  ]);
  expect(renditionVariants[0]!.audio.map(({ isDefault }) => isDefault)).toEqual([true, false]);
});
