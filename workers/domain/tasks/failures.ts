/**
 * Why a task, and with it the video, can fail. The code is stable; the sentence is shown to the creator. `permanent`
 * means that the source is at fault and another attempt cannot help. `interruption` means that a runner, the storage or
 * the Worker is at fault, not the task: it is retried without limit, and the operator is informed.
 */
export const FAILURES = {
  not_a_video: {
    permanent: true,
    sentence: "This file is not a video. Upload a video file, for example MP4 or MOV.",
  },
  no_video_stream: {
    permanent: true,
    sentence: "This file has audio but no video.",
  },
  damaged_file: {
    permanent: true,
    sentence: "The file is damaged and cannot be read. Export it again and upload the new file.",
  },
  unsupported_format: {
    permanent: true,
    sentence:
      "This format is not supported. Export the video as H.264, HEVC, VP9 or AV1 and upload it again.",
  },
  encrypted_file: {
    permanent: true,
    sentence:
      "The file is encrypted (DRM) and cannot be read without its key. Upload a copy without protection.",
  },
  dolby_vision_only: {
    permanent: true,
    sentence:
      "The colours of this video need a Dolby Vision decoder (profile 5). Export it as HDR10, HLG or SDR and upload it again.",
  },
  changing_format: {
    permanent: true,
    sentence:
      "The video or audio format changes partway through the file. Export it in a single format and upload it again.",
  },
  unreadable_poster: {
    permanent: true,
    sentence: "The picture is damaged and cannot be read. Choose another one.",
  },
  unreadable_audio: {
    permanent: true,
    sentence: "The audio file has no track that can be read. Choose another one.",
  },
  too_long: { permanent: true, sentence: "The video is longer than this site accepts." },
  too_many_pixels: {
    permanent: true,
    sentence: "The resolution is higher than this site accepts. Export the video at 8K or lower.",
  },
  too_many_streams: {
    permanent: true,
    sentence:
      "The file has more tracks than this site accepts. Export the video with fewer tracks.",
  },
  frame_rate_too_high: {
    permanent: true,
    sentence:
      "The frame rate is higher than this site accepts. Export the video at 1,000 frames per second or lower.",
  },
  too_large_to_remux: {
    permanent: true,
    sentence:
      "Files of this type (MPEG-TS, FLV, or any without an index) cannot be processed at this size. Copy the streams into an MP4 or MKV file, without re-encoding, and upload that.",
  },
  output_too_large: {
    permanent: true,
    sentence:
      "Processing this file needs more storage than this site allows. Export a smaller or shorter video.",
  },
  out_of_memory: {
    permanent: true,
    sentence:
      "Processing this file needs more memory than this site allows. Export the video at a lower resolution.",
  },
  task_timeout: { permanent: false, sentence: "Processing took longer than allowed." },
  source_unreachable: {
    permanent: false,
    interruption: true,
    sentence: "The uploaded file could not be read from storage.",
  },
  storage_failed: {
    permanent: false,
    interruption: true,
    sentence: "The result could not be stored.",
  },
  encoder_failed: {
    permanent: false,
    sentence: "The encoder stopped unexpectedly.",
  },
  attempt_interrupted: {
    permanent: false,
    interruption: true,
    sentence: "Processing was interrupted.",
  },
  lease_expired: {
    permanent: false,
    interruption: true,
    sentence: "The connection to the encoder was lost.",
  },
  runner_restarted: {
    permanent: false,
    interruption: true,
    sentence: "The encoder was restarted. Processing continues elsewhere.",
  },
  runner_disk_full: {
    permanent: false,
    interruption: true,
    sentence: "The encoder has no space left. Processing continues elsewhere.",
  },
  stopped_by_operator: {
    permanent: true,
    sentence: "Processing was stopped by the operator of this site.",
  },
  invalid_task: {
    permanent: true,
    sentence:
      "The encoder rejected the task. This is a problem with the site, not with your video.",
  },
} as const satisfies Record<string, FailureFacts>;

interface FailureFacts {
  permanent: boolean;
  interruption?: true;
  sentence: string;
}

const FACTS = new Map<string, FailureFacts>(Object.entries(FAILURES));

/** Whether a failure is not the task's own. */
export function isInterruption(code: string): boolean {
  return FACTS.get(code)?.interruption ?? false;
}

export type FailureCode = keyof typeof FAILURES;
