import { expect, test } from "vitest";
import { type SourceMetadata, metadataFromLog } from "./source-metadata.ts";

/** Output of ffmpeg 4.1 and 5.1 for real files (of the Mediabunny, ExoPlayer and other test suites) and for files made from them. */
const LOGS: Record<string, { log: string; metadata: SourceMetadata | null }> = {
  "AVI, as ffmpeg 4 prints it": {
    log: `Input #0, avi, from 'exo-sample.avi':
  Metadata:
    encoder         : Lavf58.76.100
  Duration: 00:00:04.09, start: 0.000000, bitrate: 654 kb/s
    Stream #0:0: Video: mpeg4 (Simple Profile) (FMP4 / 0x34504D46), yuv420p, 960x400 [SAR 1:1 DAR 12:5], 499 kb/s, 23.98 fps, 23.98 tbr, 23.98 tbn, 24k tbc
    Stream #0:1: Audio: mp3 (U[0][0][0] / 0x0055), 48000 Hz, stereo, fltp, 128 kb/s
At least one output file must be specified`,
    metadata: {
      durationSeconds: 4.09,
      resolution: { width: 960, height: 400 },
      codecs: ["MPEG-4", "MP3"],
    },
  },
  "a rotated video, as ffmpeg 5 prints it": {
    log: `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'mb-rotate-buck-bunny.mp4':
  Metadata:
    major_brand     : iso5
  Duration: 00:00:02.01, start: 0.000000, bitrate: 2696 kb/s
  Stream #0:0[0x1](eng): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709, progressive), 1920x1080, 1641 kb/s, 24 fps, 24 tbr, 57600 tbn (default)
    Metadata:
      handler_name    : MediabunnyVideoHandler
    Side data:
      displaymatrix: rotation of -90.00 degrees
  Stream #0:1[0x2](eng): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, 5.1, fltp, 1152 kb/s (default)`,
    metadata: {
      durationSeconds: 2.01,
      resolution: { width: 1080, height: 1920 },
      codecs: ["H.264", "AAC"],
    },
  },
  "non-square pixels": {
    log: `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'mb-sar_2x1.mp4':
  Duration: 00:00:05.00, start: 0.000000, bitrate: 800 kb/s
    Stream #0:0(und): Video: h264 (High) (avc1 / 0x31637661), yuv420p, 640x360 [SAR 2:1 DAR 32:9], 796 kb/s, 30 fps, 30 tbr, 15360 tbn, 60 tbc (default)`,
    metadata: { durationSeconds: 5, resolution: { width: 1280, height: 360 }, codecs: ["H.264"] },
  },
  "subtitles, and tags that name codecs": {
    log: `Input #0, matroska,webm, from 'exo-sample_with_ssa_subtitles.mkv':
  Duration: 00:00:01.14, start: 0.000000, bitrate: 771 kb/s
    Stream #0:0(und): Video: h264 (High), yuv420p(progressive), 1080x720 [SAR 1:1 DAR 3:2], 1k fps, 60 tbr, 1k tbn, 1200 tbc (default)
    Metadata:
      ENCODER         : H.264
      DURATION-eng    : 00:00:00.967000000
    Stream #0:1(und): Audio: ac3, 44100 Hz, mono, fltp, 96 kb/s (default)
    Stream #0:2: Subtitle: ass (default)`,
    metadata: {
      durationSeconds: 1.14,
      resolution: { width: 1080, height: 720 },
      codecs: ["H.264", "AC-3"],
    },
  },
  "audio only": {
    log: `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'mb-toothsome-dts.mp4':
  Duration: 00:00:38.51, start: 0.000000, bitrate: 192 kb/s
    Stream #0:0(und): Audio: dts (DTS) (dtsc / 0x63737464), 24000 Hz, stereo, fltp, 192 kb/s (default)`,
    metadata: { durationSeconds: 38.51, resolution: null, codecs: ["DTS"] },
  },
  "audio with cover art": {
    log: `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'cover.m4a':
  Duration: 00:00:02.02, start: 0.000000, bitrate: 87 kb/s
  Stream #0:0[0x1](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 73 kb/s (default)
  Stream #0:1[0x0]: Video: mjpeg (Baseline), yuvj420p(pc, bt470bg/unknown/unknown), 960x400 [SAR 1:1 DAR 12:5], 90k tbr, 90k tbn (attached pic)`,
    metadata: { durationSeconds: 2.02, resolution: null, codecs: ["AAC"] },
  },
  "uncompressed audio": {
    log: `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'prores.mov':
  Duration: 00:00:04.09, start: 0.000000, bitrate: 7769 kb/s
  Stream #0:0[0x1]: Video: prores (HQ) (apch / 0x68637061), yuv422p10le(tv, progressive), 960x400, 6231 kb/s, SAR 1:1 DAR 12:5, 23.98 fps, 23.98 tbr, 24k tbn (default)
  Stream #0:1[0x2]: Audio: pcm_s16le (sowt / 0x74776F73), 48000 Hz, stereo, s16, 1536 kb/s (default)`,
    metadata: {
      durationSeconds: 4.09,
      resolution: { width: 960, height: 400 },
      codecs: ["ProRes", "PCM"],
    },
  },
  "not a media file": {
    log: `[avi @ 0x9cb8b00] Format avi detected only with low score of 1, misdetection possible!
noise.avi: Invalid data found when processing input`,
    metadata: null,
  },
};

test.each(Object.entries(LOGS))("reads the log of %s", (_, { log, metadata }) => {
  expect(metadataFromLog(log.split("\n"))).toEqual(metadata);
});

test("the duration includes hours, and is null when the file does not state it", () => {
  const durationOf = (text: string) =>
    metadataFromLog(["Input #0, mpegts, from 'a.ts':", `  Duration: ${text}, start: 1.400000`])
      ?.durationSeconds;
  expect(durationOf("01:02:03.50")).toBe(3723.5);
  expect(durationOf("N/A")).toBeNull();
});
