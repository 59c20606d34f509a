import { expect, test } from "vitest";
import { examplePublication } from "../../../tests/support/worker/publication.ts";
import { renderPublication } from "./render.ts";

function manifest(publication = examplePublication()): string | undefined {
  return renderPublication(publication).find(({ name }) => name === "manifest.mpd")?.body;
}

test("a rendition has its bandwidth, size, timeline and the same files as in HLS", () => {
  const body = manifest()!;
  expect(body).toContain(
    '<Representation id="h264-720" bandwidth="2400000" codecs="avc1.64001f" width="1280" height="720" sar="1:1" frameRate="25">' +
      '<SegmentList timescale="12800"><Initialization sourceURL="../h264-720/0.1/init.mp4"/>' +
      '<SegmentTimeline><S t="0" d="51200"/><S d="51200"/><S d="51200"/><S d="12800"/></SegmentTimeline>' +
      '<SegmentURL media="../h264-720/0.1/00000.m4s"/><SegmentURL media="../h264-720/0.1/00001.m4s"/>' +
      '<SegmentURL media="../h264-720/1.1/00002.m4s"/><SegmentURL media="../h264-720/1.1/00003.m4s"/></SegmentList></Representation>',
  );
  expect(body).toContain('mediaPresentationDuration="PT13.000S"');
});

test("a gap in a track is in its timeline", () => {
  const publication = examplePublication();
  publication.renditions[0]!.outputs[1]!.startTicks += 100;
  expect(manifest(publication)).toContain(
    '<S t="0" d="51200"/><S d="51200"/><S t="102500" d="51200"/><S d="12800"/>',
  );
});

test("each segment has its own S element, since players pair them with SegmentURLs one by one", () => {
  const body = manifest()!;
  expect(body.match(/<S /g)).toHaveLength(body.match(/<SegmentURL /g)!.length);
  expect(body).not.toMatch(/<S [^>]*r="/);
});

test("audio has its language, label and role, escaped", () => {
  const publication = examplePublication();
  Object.assign(publication.renditions[2]!.rendition, { name: '<b>&"' });
  const body = manifest(publication)!;
  expect(body).toContain("<Label>&lt;b&gt;&amp;&quot;</Label>");
  expect(body.match(/<AdaptationSet contentType="audio"[^>]*lang="(en|de)"/g)).toHaveLength(2);
  expect(body.match(/value="(main|alternate)"/g)).toEqual(['value="main"', 'value="alternate"']);
});

test("captions are left out, since a WebVTT file stops or crashes ffmpeg, mpv and VLC", () => {
  expect(manifest()).not.toMatch(/text|vtt/);
});

test("a rendition whose init segment changes midway is only in HLS", () => {
  const publication = examplePublication();
  publication.renditions[0]!.outputs[1]!.initSha256 = "b".repeat(64);
  expect(manifest(publication)).not.toContain("h264-720");
  publication.renditions[1]!.outputs[1]!.initSha256 = "b".repeat(64);
  expect(manifest(publication)).toBeUndefined();
});
