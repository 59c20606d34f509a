import type { Publication } from "../../../workers/contract/publications.ts";
import type { Rendition } from "../../../workers/contract/transcodes.ts";

const VIDEO_ID = "Vid0000000000000000000";

/** Two chunks of two segments (4 s, 4 s, 4 s, 1 s) for each rendition, at 25 frames per second. */
function outputs(id: string, codecs: string, timescale: number, bytes: number[]) {
  const seconds = [4, 4, 4, 1];
  return [0, 1].map((chunk) => ({
    folder: `${id}/${chunk}.1`,
    timescale,
    codecs,
    initSha256: "a".repeat(64),
    initBytes: 800,
    firstSegment: chunk * 2,
    startTicks: chunk * 8 * timescale,
    segments: [0, 1].map((index) => {
      const n = chunk * 2 + index;
      const keyframe: [number, number] = [0, Math.ceil(bytes[n]! / 4)];
      const segment = { duration: seconds[n]! * timescale, bytes: bytes[n]! };
      return id.startsWith("audio") ? segment : { ...segment, keyframe };
    }),
  }));
}

const video = (height: number, maxrate: number): Rendition => ({
  type: "video",
  id: `h264-${height}`,
  codec: "h264",
  width: (height * 16) / 9,
  height,
  pixelAspect: { num: 1, den: 1 },
  frameRate: { num: 25, den: 1 },
  crf: 23,
  maxrate,
  bufsize: maxrate * 2,
});

const audio = (index: number, language: string, name: string, channels = 2): Rendition => ({
  type: "audio",
  id: `audio-${index}`,
  codec: "aac",
  streamIndex: index,
  channels,
  sampleRate: 48000,
  bitrate: 128000,
  language,
  name,
  isDefault: index === 0,
});

/** A 13 s video with two video renditions, and audio and captions in English and German. */
export const examplePublication = (change: Partial<Publication> = {}): Publication => ({
  videoId: VIDEO_ID,
  version: 1,
  duration: 13,
  grid: {
    frameRate: { num: 25, den: 1 },
    framesPerSegment: 100,
    totalFrames: 325,
    segmentCount: 4,
  },
  renditions: [
    {
      rendition: video(720, 3_000_000),
      outputs: outputs("h264-720", "avc1.64001f", 12800, [900_000, 1_200_000, 800_000, 400_000]),
    },
    {
      rendition: video(360, 800_000),
      outputs: outputs("h264-360", "avc1.64001e", 12800, [200_000, 300_000, 200_000, 100_000]),
    },
    {
      rendition: audio(0, "en", "English"),
      outputs: outputs("audio-0", "mp4a.40.2", 48000, [60_000, 64_000, 64_000, 16_000]),
    },
    {
      rendition: audio(1, "de", "Deutsch"),
      outputs: outputs("audio-1", "mp4a.40.2", 48000, [60_000, 60_000, 60_000, 15_000]),
    },
  ],
  captions: [
    { language: "en", kind: "subtitles", name: "English", path: "files/captions.1/en.vtt" },
    { language: "de", kind: "subtitles", name: "Deutsch", path: "captions/de.2.vtt" },
  ],
  live: false,
  encrypted: false,
  ...change,
});
