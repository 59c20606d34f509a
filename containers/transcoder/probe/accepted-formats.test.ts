import { expect, it } from "vitest";
import {
  CODEC_WHITELIST,
  demuxerOf,
  FORMAT_WHITELIST,
  isAudioCodec,
  isVideoCodec,
} from "./accepted-formats.ts";
import { EXCLUDED, EXCLUDED_DEMUXERS } from "./excluded-formats.ts";

it("no excluded format is accepted", () => {
  const accepted = new Set([...CODEC_WHITELIST.split(","), ...FORMAT_WHITELIST.split(",")]);
  const contradictions = Object.keys(EXCLUDED).filter(
    (name) =>
      accepted.has(name) ||
      isVideoCodec(name) ||
      isAudioCodec(name) ||
      demuxerOf(name) !== undefined,
  );
  expect(contradictions).toEqual([]);
});

it("no demuxer is both accepted and left out", () => {
  const both = [...EXCLUDED_DEMUXERS.keys()].filter(
    (name) => demuxerOf(name) !== undefined || Object.hasOwn(EXCLUDED, name),
  );
  expect(both).toEqual([]);
});
