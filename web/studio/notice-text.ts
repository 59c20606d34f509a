import type { CopyRefusal, Notice } from "../../workers/contract/notices.ts";
import { type PlainKey, t } from "../i18n/translate.ts";

const REFUSALS: Readonly<Record<CopyRefusal, PlainKey>> = {
  chosen: "notice.encodedAsChosen",
  container: "notice.encodedContainer",
  codec: "notice.encodedCodec",
  shape: "notice.encodedShape",
  frame_times: "notice.encodedFrameTimes",
  key_frames: "notice.encodedKeyFrames",
  bitrate: "notice.encodedBitrate",
};

/** What a creator should know about a part of the source, as the API's `detail` says in English. */
export function noticeText({ code, track, count = 0, reason = "chosen" }: Notice): string {
  switch (code) {
    case "video_copied":
      return t("notice.videoCopied", { track });
    case "video_encoded":
      return t(REFUSALS[reason]);
    case "audio_copied":
      return t("notice.audioCopied", { track });
    case "audio_unreadable":
      return t("notice.audioUnreadable", { track });
    case "audio_left_out":
      return t("notice.audioLeftOut", { track, count });
    case "captions_are_images":
      return t("notice.captionsAreImages", { track });
    case "captions_unreadable":
      return t("notice.captionsUnreadable", { track });
    case "captions_left_out":
      return t("notice.captionsLeftOut", { track, count });
    case "cues_dropped":
      return t("notice.cuesDropped", { track, count });
  }
}
