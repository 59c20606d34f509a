/**
 * Why a task can fail, and with it the video. The code is stable; the sentence is what a creator reads; `permanent`
 * means that the source is at fault and another attempt cannot help.
 */
export const FAILURES = {
  not_a_video: {
    permanent: true,
    sentence: "This file is not a video. Upload the original film, for example as MP4 or MOV.",
  },
  no_video_stream: {
    permanent: true,
    sentence: "The file holds sound but no picture, so there is nothing to watch.",
  },
  damaged_file: {
    permanent: true,
    sentence: "The file is damaged and cannot be read. Export it again and upload the new file.",
  },
  unsupported_format: {
    permanent: true,
    sentence:
      "The file uses a format that cannot be converted. Export it as H.264, HEVC, VP9 or AV1 and try again.",
  },
  changing_format: {
    permanent: true,
    sentence:
      "The picture or the sound changes its format in the middle of the file. Export it again in one format.",
  },
  too_long: { permanent: true, sentence: "The film is longer than this site accepts." },
  too_many_pixels: {
    permanent: true,
    sentence: "The picture is larger than this site accepts. Export it at 8K or below.",
  },
  too_many_streams: {
    permanent: true,
    sentence: "The file holds more tracks than this site accepts. Export it with fewer tracks.",
  },
  frame_rate_too_high: {
    permanent: true,
    sentence:
      "The frame rate is higher than this site accepts. Export it at 240 frames a second or below.",
  },
  too_large_to_remux: {
    permanent: true,
    sentence:
      "A file of this kind (MPEG-TS, FLV, or one without an index) cannot be converted at this size. Put its streams into an MP4 or MKV file, which needs no new encode, and upload that.",
  },
  output_too_large: {
    permanent: true,
    sentence:
      "A single step of converting this file would take more storage than this site allows. Export it at a smaller size or length.",
  },
  out_of_memory: {
    permanent: true,
    sentence:
      "Converting this file takes more memory than this site allows. Export it at a smaller size.",
  },
  task_timeout: { permanent: false, sentence: "Converting took longer than allowed." },
  source_unreachable: {
    permanent: false,
    sentence: "The stored file could not be read.",
  },
  storage_failed: {
    permanent: false,
    sentence: "The result could not be stored.",
  },
  encoder_failed: {
    permanent: false,
    sentence: "The encoder stopped unexpectedly.",
  },
  attempt_broke_off: {
    permanent: false,
    sentence: "The work broke off before it was done.",
  },
  lease_expired: {
    permanent: false,
    sentence: "The encoder was lost in the middle of the work.",
  },
  handed_back: {
    permanent: false,
    sentence: "The encoder was restarted. The work goes on elsewhere.",
  },
  invalid_task: {
    permanent: true,
    sentence:
      "The encoder did not understand the task. This is a fault of the site, not of the film.",
  },
} as const satisfies Record<string, { permanent: boolean; sentence: string }>;

export type FailureCode = keyof typeof FAILURES;
