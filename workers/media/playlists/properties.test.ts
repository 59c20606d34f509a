import fc from "fast-check";
import HLS from "hls-parser";
import type { MasterPlaylist, MediaPlaylist } from "hls-parser/types";
import { expect, test } from "vitest";
import type { Publication } from "../../contract/publications.ts";
import { averageBandwidth, peakBandwidth } from "./bandwidth.ts";
import { examplePublication } from "../../../tests/support/worker/publication.ts";
import { renderPublication } from "./render.ts";

function bitRate({ bytes, seconds }: { bytes: number; seconds: number }): number {
  return (bytes * 8) / seconds;
}

test("the peak is at least the average, and at least the bit rate of every segment of half a target duration or longer", () => {
  const measuredSegments = fc.array(
    fc.record({
      seconds: fc.double({ min: 0.02, max: 6, noNaN: true }),
      bytes: fc.integer({ min: 1, max: 1e7 }),
    }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(measuredSegments, (segments) => {
      const target = Math.max(1, ...segments.map(({ seconds }) => Math.round(seconds)));
      const peak = peakBandwidth(segments, target);
      for (const segment of segments.filter(({ seconds }) => seconds >= target / 2)) {
        expect(peak).toBeGreaterThanOrEqual(bitRate(segment));
      }
      // And at most the highest bit rate of any segment.
      expect(peak).toBeLessThanOrEqual(Math.ceil(Math.max(...segments.map(bitRate))));
      expect(averageBandwidth(segments)).toBeLessThanOrEqual(
        Math.ceil(Math.max(...segments.map(bitRate))),
      );
    }),
  );
});

/** Videos cut on a frame grid as the transcoder does: equal segments except the last, in chunks, with audio. */
const anyPublication: fc.Arbitrary<Publication> = fc
  .record({
    frameRate: fc.constantFrom(
      { num: 24000, den: 1001 },
      { num: 25, den: 1 },
      { num: 30000, den: 1001 },
      { num: 60, den: 1 },
    ),
    frames: fc.integer({ min: 1, max: 9000 }),
    perChunk: fc.integer({ min: 1, max: 8 }),
    bytes: fc.infiniteStream(fc.integer({ min: 500, max: 6_000_000 })),
  })
  .map(({ frameRate, frames, perChunk, bytes }) => {
    const framesPerSegment = Math.round((4 * frameRate.num) / frameRate.den);
    const count = Math.ceil(frames / framesPerSegment);
    const base = examplePublication();
    const durations = Array.from(
      { length: count },
      (_, n) => Math.min(framesPerSegment, frames - n * framesPerSegment) * frameRate.den,
    );
    const renditions = base.renditions.map(({ rendition, outputs: [first] }) => ({
      rendition: rendition.type === "video" ? { ...rendition, frameRate } : rendition,
      outputs: Array.from({ length: Math.ceil(count / perChunk) }, (_, chunk) => ({
        ...first!,
        folder: `${rendition.id}/${chunk}.1`,
        timescale: frameRate.num,
        firstSegment: chunk * perChunk,
        startTicks: chunk * perChunk * framesPerSegment * frameRate.den,
        segments: durations.slice(chunk * perChunk, (chunk + 1) * perChunk).map((duration) => {
          const size = bytes.next().value;
          return { duration, bytes: size, keyframe: [0, Math.ceil(size / 3)] as [number, number] };
        }),
      })),
    }));
    const grid = { frameRate, framesPerSegment, totalFrames: frames, segmentCount: count };
    return { ...base, duration: (frames * frameRate.den) / frameRate.num, grid, renditions };
  });

test("every playlist of any video conforms to RFC 8216bis", () => {
  fc.assert(
    fc.property(anyPublication, (publication) => {
      const rendered = new Map(
        renderPublication(publication).map(({ name, body }) => [name, body]),
      );
      const targets = new Set<number>();
      for (const { rendition } of publication.renditions) {
        const playlist = HLS.parse(rendered.get(`${rendition.id}.m3u8`)!) as MediaPlaylist;
        targets.add(playlist.targetDuration);
        expect(playlist.segments).toHaveLength(publication.grid.segmentCount);
        for (const segment of playlist.segments)
          expect(Math.round(segment.duration)).toBeLessThanOrEqual(playlist.targetDuration);
        const total = playlist.segments.reduce((sum, segment) => sum + segment.duration, 0);
        expect(Math.abs(total - publication.duration)).toBeLessThan(0.001);
      }
      expect(targets.size).toBe(1);
      const multivariant = HLS.parse(rendered.get("multivariant.m3u8")!) as MasterPlaylist;
      for (const variant of multivariant.variants) {
        expect(rendered.has(variant.uri)).toBe(true);
        expect(variant.bandwidth).toBeGreaterThanOrEqual(variant.averageBandwidth!);
      }
    }),
    { numRuns: 150 },
  );
});
