import type { Notice } from "../../../workers/contract/notices.ts";
import {
  canDecode,
  isAudioCodec,
  isBitmapCaptionCodec,
  isCaptionCodec,
} from "./accepted-formats.ts";
import type { Probed, ProbedStream } from "./ffprobe-output.ts";
import { languageOf, titleOf } from "./stream-facts.ts";
import { trackName } from "./track-name.ts";

/** Sample entries of encrypted tracks in MP4: common encryption's, and FairPlay's. */
const ENCRYPTED_TAGS = ["encv", "enca", "drmi", "drms"];

/** Whether a track is encrypted. */
export function isEncrypted({ codec_tag_string: tag, containerTrack }: ProbedStream): boolean {
  return ENCRYPTED_TAGS.includes(tag) || containerTrack?.isEncrypted === true;
}

/** Whether an audio track can be decoded by this build of ffmpeg. */
export function isReadableAudio(stream: ProbedStream, decoders: ReadonlySet<string>): boolean {
  return (
    stream.codec_type === "audio" &&
    !isEncrypted(stream) &&
    isAudioCodec(stream.codec_name) &&
    canDecode(stream.codec_name, decoders) &&
    stream.channels > 0
  );
}

/** Tracks of a source that cannot be used. */
export function trackNotices(probed: Probed, decoders: ReadonlySet<string>): Notice[] {
  function nameOf(stream: ProbedStream, position: number): string {
    return trackName(titleOf(stream), languageOf(stream), position);
  }
  const audio = probed.streams.filter(({ codec_type: type }) => type === "audio");
  const captions = probed.streams.filter(({ codec_type: type }) => type === "subtitle");
  return [
    ...audio.flatMap((stream, position): Notice[] =>
      isReadableAudio(stream, decoders)
        ? []
        : [{ code: "audio_unreadable", track: nameOf(stream, position) }],
    ),
    ...captions.flatMap((stream, position): Notice[] =>
      isCaptionCodec(stream.codec_name)
        ? []
        : [
            {
              // Teletext and closed captions are neither images nor text that this can convert.
              code: isBitmapCaptionCodec(stream.codec_name)
                ? "captions_are_images"
                : "captions_unreadable",
              track: nameOf(stream, position),
            },
          ],
    ),
  ];
}
