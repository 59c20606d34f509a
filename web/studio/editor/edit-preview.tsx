import { useEffect, useRef } from "preact/hooks";
import type { RefObject } from "preact";
import type { Video } from "../../../workers/contract/videos.ts";
import { t } from "../../i18n/translate.ts";
import { attachStream } from "./attach-stream.ts";
import { type EditDraft, nextKept, roundTime, shownAt } from "./edit-draft.ts";
import { WatermarkOverlay } from "./watermark-fields.tsx";

/** Leaves room for the rest with a portrait video. */
const MAX_HEIGHT = "60vh";

interface Props {
  /** The whole file as a stream. */
  address: string;
  draft: EditDraft;
  element: RefObject<HTMLVideoElement>;
  video: Video;
  /** The audio file of the draft, if it is on this device. */
  sound: File | null;
  /** @param seconds the current position */
  onTime: (seconds: number) => void;
}

/** Plays the whole file like the edited video: cuts are skipped during playback, but can be viewed. */
export function EditPreview({ address, draft, element, video, sound, onTime }: Props) {
  const shown = useRef(draft);
  shown.current = draft;
  useEffect(() => {
    const abort = new AbortController();
    if (element.current) void attachStream(element.current, address, abort.signal);
    return () => abort.abort();
  }, [address]);
  useEffect(() => {
    const media = element.current;
    if (!media) return undefined;
    let frame = 0;
    const tell = () => onTime(roundTime(media.currentTime));
    const follow = () => {
      tell();
      if (media.paused) return;
      const next = nextKept(shown.current, media.currentTime);
      if (next === null) media.pause();
      else if (next > media.currentTime) media.currentTime = next;
      frame = requestAnimationFrame(follow);
    };
    const begin = () => {
      // After the last part, it starts again.
      if (nextKept(shown.current, media.currentTime) === null)
        media.currentTime = nextKept(shown.current, 0) ?? 0;
      cancelAnimationFrame(frame);
      follow();
    };
    media.addEventListener("play", begin);
    media.addEventListener("timeupdate", tell);
    return () => {
      cancelAnimationFrame(frame);
      media.removeEventListener("play", begin);
      media.removeEventListener("timeupdate", tell);
    };
  }, []);
  useEffect(() => {
    const media = element.current;
    return media && sound ? playWith(media, sound, () => shown.current) : undefined;
  }, [sound, draft.audio?.mode]);
  const [width, height] = [video.width ?? 16, video.height ?? 9];
  return (
    <div
      class="edit-preview"
      style={{
        aspectRatio: `${width} / ${height}`,
        maxWidth: `calc(${MAX_HEIGHT} * ${width} / ${height})`,
      }}
    >
      <video ref={element} controls playsInline preload="metadata" aria-label={t("edit.preview")} />
      {draft.watermark && (
        <WatermarkOverlay id={video.id} watermark={draft.watermark} width={width} height={height} />
      )}
    </div>
  );
}

/** How far the file may be from its expected position before it is moved there. */
const MAX_LAG_SECONDS = 0.2;

/**
 * Plays a file in sync with the video, and mutes the video if its audio is replaced.
 * @returns a function that ends it
 */
function playWith(media: HTMLVideoElement, file: File, draft: () => EditDraft): () => void {
  const address = URL.createObjectURL(file);
  const audio = new Audio(address);
  const wasMuted = media.muted;
  media.muted ||= draft().audio?.mode === "replace";
  const follow = () => {
    const at = shownAt(draft(), media.currentTime);
    if (Math.abs(audio.currentTime - at) > MAX_LAG_SECONDS) audio.currentTime = at;
    if (media.paused || at >= audio.duration) audio.pause();
    else if (audio.paused) audio.play().catch(() => undefined);
  };
  const events = ["play", "pause", "timeupdate", "seeked"] as const;
  for (const name of events) media.addEventListener(name, follow);
  return () => {
    for (const name of events) media.removeEventListener(name, follow);
    audio.pause();
    media.muted = wasMuted;
    URL.revokeObjectURL(address);
  };
}
