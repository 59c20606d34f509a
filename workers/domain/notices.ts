import type { Notice } from "../contract/notices.ts";

/** What a notice says to the creator. */
export function noticeSentence({ code, track, count = 0 }: Notice): string {
  switch (code) {
    case "audio_unreadable":
      return `The audio track "${track}" has a format that cannot be read. The video is published without it.`;
    case "captions_are_images":
      return `The captions "${track}" are images, which cannot be converted to text. Upload them as WebVTT or SubRip.`;
    case "captions_unreadable":
      return `The captions "${track}" cannot be read. Upload them as WebVTT or SubRip.`;
    case "cues_dropped":
      return `${count} of the captions in "${track}" ${count === 1 ? "is" : "are"} damaged and left out.`;
  }
}
