import { expect, test } from "vitest";
import { type FragmentSample, writeFragment, writeInit } from "../passthrough/fragment-writer.ts";
import { delayComposition, withEditList } from "./composition.ts";
import { timescaleOf } from "./codecs.ts";
import { fragmentInfo } from "./fragments.ts";
import { readBoxes, requireBox } from "./mp4-boxes.ts";

const TICKS = 512;
const DATA = Buffer.from("abcdef");

function segment(...offsets: number[]): Buffer {
  const samples: FragmentSample[] = offsets.map((offset, index) => ({
    size: 2,
    isSync: index === 0,
    compositionOffset: offset * TICKS,
  }));
  return writeFragment(1, 0, TICKS, samples, DATA);
}

/** The trun box of a segment. */
function trunOf(bytes: Buffer) {
  const { body, end } = requireBox(bytes, ["moof", "traf", "trun"]);
  return bytes.subarray(body, end);
}

/** A segment as a muxer writes it if all of its frames are shown when they are decoded. */
function withoutOffsets(): Buffer {
  const whole = segment(0, 0, 0);
  const boxes = ["moof", "traf", "trun"].map((_, index, path) =>
    requireBox(whole, path.slice(0, index + 1)),
  );
  const { body } = boxes[2]!;
  const kept = Array.from({ length: 3 }, (_, index) =>
    whole.subarray(body + 12 + 12 * index, body + 20 + 12 * index),
  );
  const result = Buffer.concat([
    whole.subarray(0, body + 12),
    ...kept,
    whole.subarray(body + 12 + 36),
  ]);
  for (const { start, end } of boxes) result.writeUInt32BE(end - start - 12, start);
  result.writeUIntBE(0x601, body + 1, 3);
  result.writeInt32BE(whole.readInt32BE(body + 8) - 12, body + 8);
  return result;
}

function offsetsOf(bytes: Buffer): number[] {
  const trun = trunOf(bytes);
  return [0, 1, 2].map((index) => trun.readInt32BE(12 + 12 * index + 8) / TICKS);
}

test("composition offsets become unsigned through a delay, and nothing else changes", () => {
  const delayed = delayComposition(segment(0, 2, -2), 2 * TICKS);
  expect(offsetsOf(delayed)).toEqual([2, 4, 0]);
  expect(trunOf(delayed).readUInt8(0)).toBe(0);
  expect(fragmentInfo(delayed)).toEqual(fragmentInfo(segment(0, 2, -2)));
});

test("a segment without composition offsets gets them, and its data offset stays correct", () => {
  const delayed = delayComposition(withoutOffsets(), 2 * TICKS);
  expect(offsetsOf(delayed)).toEqual([2, 2, 2]);
  expect(delayed).toEqual(delayComposition(segment(0, 0, 0), 2 * TICKS));
  const dataOffset = trunOf(delayed).readInt32BE(8);
  expect(delayed.subarray(dataOffset).toString()).toBe(DATA.toString());
});

test("frames reordered further than the init segment states are an error", () => {
  expect(() => delayComposition(segment(0, 3, -3), 2 * TICKS)).toThrow("before it is decoded");
});

test("the init segment has an edit list before its media, and its other boxes as before", () => {
  const init = writeInit({
    type: "video",
    timescale: 12_800,
    width: 64,
    height: 48,
    configuration: Buffer.alloc(8),
  });
  const edited = withEditList(init, 2 * TICKS);
  const trak = requireBox(edited, ["moov", "trak"]);
  const types = [...readBoxes(edited, trak.body, trak.end)].map(({ type }) => type);
  expect(types).toEqual(["tkhd", "edts", "mdia"]);
  const { body } = requireBox(edited, ["moov", "trak", "edts", "elst"]);
  // The edit list has one entry that lasts from the delay to the end at normal speed.
  expect([4, 8, 12, 16].map((offset) => edited.readUInt32BE(body + offset))).toEqual([
    ...[1, 0, 2 * TICKS, 0x10000],
  ]);
  expect(timescaleOf(edited)).toBe(12_800);
  expect(requireBox(edited, ["moov", "mvex", "trex"]).end).toBe(edited.length);
});
