import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { ProbedStream } from "./ffprobe-output.ts";

/** Up to so many channels, ffmpeg assumes a layout where a file names none. */
const MAX_ASSUMED_CHANNELS = 8;

/**
 * Whether a track has many channels and does not say what each is for, as field recorders and editors write them. ffmpeg
 * cannot mix them.
 */
export function hasDiscreteChannels({
  channels,
  channel_layout: layout,
}: Pick<ProbedStream, "channels" | "channel_layout">): boolean {
  return channels > MAX_ASSUMED_CHANNELS && /^(?:unknown|\d+ channels)/.test(layout);
}

/** The filters before those that mix a track's channels. Of discrete ones, the first two are left and right of the mix. */
export function firstTwoOf(discrete: boolean | undefined): string[] {
  return discrete === true ? ["pan=stereo|c0=c0|c1=c1"] : [];
}

/** The same for a track of a source, by its stream index. */
export function firstTwoOfTrack({ audio }: SourceInfo, streamIndex: number): string[] {
  return firstTwoOf(audio.find(({ index }) => index === streamIndex)?.discrete);
}
