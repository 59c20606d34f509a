import type { CopyRefusal, Notice } from "../contract/notices.ts";

const REFUSALS: Readonly<Record<CopyRefusal, string>> = {
  chosen: "as you chose for this video",
  container:
    "because it is not an MP4 or MOV file with one complete index, and cannot simply be copied into one",
  codec: "because it is not progressive H.264 with 8 bits and 4:2:0",
  shape: "because it is rotated, cropped, not in square pixels, or very large",
  frame_times:
    "because its frame rate varies or is above 60, or its audio and video differ in length",
  key_frames:
    "because its key frames are more than 5 seconds apart, or frames before them depend on them",
  bitrate: "because it needs fewer bits than the file has",
};

/** The text of a notice for the creator. */
export function noticeSentence({ code, track, count = 0, reason = "chosen" }: Notice): string {
  switch (code) {
    case "video_copied":
      return `The file is ready for the web. Its video is published as it is in ${track}, without being encoded again.`;
    case "video_encoded":
      return `The video is encoded in every resolution, ${REFUSALS[reason]}.`;
    case "audio_copied":
      return `The audio track "${track}" is published as it is, without being encoded again.`;
    case "audio_unreadable":
      return `The audio track "${track}" has a format that cannot be read. The video is published without it.`;
    case "audio_left_out":
      return `A video has at most ${count} audio tracks. "${track}" is left out.`;
    case "captions_are_images":
      return `The captions "${track}" are images, which cannot be converted to text. Upload them as WebVTT or SubRip.`;
    case "captions_unreadable":
      return `The captions "${track}" cannot be read. Upload them as WebVTT or SubRip.`;
    case "captions_left_out":
      return `A video has at most ${count} caption tracks. "${track}" is left out.`;
    case "cues_dropped":
      return `${count} of the captions in "${track}" ${count === 1 ? "is" : "are"} damaged and left out.`;
  }
}
