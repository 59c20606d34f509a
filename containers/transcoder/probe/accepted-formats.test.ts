import { expect, it } from "vitest";
import {
  CODEC_WHITELIST,
  demuxerOf,
  EXCLUDED,
  FORMAT_WHITELIST,
  isAudioCodec,
  isVideoCodec,
} from "./accepted-formats.ts";

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
