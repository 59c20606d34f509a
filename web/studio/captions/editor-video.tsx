// hls.js fills these lists of tracks.
import "media-tracks/polyfill";
import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Video } from "../../../workers/contract/videos.ts";
import { attachMedia } from "../../player/stream/media-source.ts";
import type { PlaybackTokenKeeper } from "../../player/stream/playback-token-keeper.ts";
import { t } from "../../i18n/translate.ts";
import type { DraftCue } from "./cue-draft.ts";

interface Props {
  video: Video;
  keeper: PlaybackTokenKeeper;
  element: RefObject<HTMLVideoElement>;
  /** Seconds. */
  position: Signal<number>;
  cues: readonly DraftCue[];
}

/** The video with the captions as they are being edited. */
export function EditorVideo({ video, keeper, element, position, cues }: Props) {
  const [hasFailed, setFailed] = useState(false);
  useLayoutEffect(() => {
    const media = element.current;
    if (!media) return undefined;
    const attached = attachMedia(media, {
      keeper,
      startAt: 0,
      duration: null,
      // It is small here.
      dataSaver: true,
      onFailure: () => setFailed(true),
      onProcessed: () => undefined,
    });
    return () => attached.destroy();
  }, [keeper]);
  useEffect(() => {
    const media = element.current;
    if (!media) return undefined;
    let frame = 0;
    const follow = () => {
      position.value = media.currentTime;
      cancelAnimationFrame(frame);
      if (!media.paused) frame = requestAnimationFrame(follow);
    };
    const names = ["play", "pause", "seeking", "seeked", "timeupdate"] as const;
    for (const name of names) media.addEventListener(name, follow);
    return () => {
      cancelAnimationFrame(frame);
      for (const name of names) media.removeEventListener(name, follow);
    };
  }, [keeper]);
  const now = position.value;
  const shown = cues.filter(({ start, end }) => now >= start && now < end);
  return (
    <div class="caption-preview">
      <video
        ref={element}
        controls
        playsInline
        preload="metadata"
        poster={keeper.current.poster ?? undefined}
        aria-label={video.title}
      />
      {shown.length > 0 && (
        <p class="caption-preview-text" dir="auto">
          {shown
            .map(({ text }) => text.replaceAll(/<[^<>]*>/g, "").replaceAll("&lt;", "<"))
            .join("\n")}
        </p>
      )}
      {hasFailed && <p class="notice notice-bad">{t("captionEditor.noVideo")}</p>}
    </div>
  );
}
