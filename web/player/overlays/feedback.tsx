import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { clock } from "../../format.ts";
import { t } from "../../i18n/translate.ts";

/** Shown in the middle of the player for a moment. */
interface Message {
  text: string;
  /** Restarts the animation for the same text. */
  count: number;
}

const SHOWN_MS = 900;
/** Controls that show their effect themselves while they are dragged. */
const SLIDERS = "media-time-range, media-volume-range";
/** Classes of elements that stay while media-chrome hides the controls. */
export const STAYS = { noautohide: true };
/** The player's own event, for actions without a media-chrome request. */
export const FEEDBACK_EVENT = "playerfeedback";

const volumeText = (volume: number) => t("player.volume", { percent: Math.round(volume * 100) });

/** The effect of each of media-chrome's requests, in words. Called after the request has been carried out. */
const MESSAGES: Record<string, (media: HTMLVideoElement, detail: unknown) => string> = {
  mediaplayrequest: () => t("player.play"),
  mediapauserequest: () => t("player.pause"),
  mediamuterequest: () => t("player.muted"),
  mediaunmuterequest: (media) => volumeText(media.volume),
  mediavolumerequest: (_media, detail) => volumeText(Number(detail)),
  mediaplaybackraterequest: (_media, detail) => t("player.speedOf", { rate: Number(detail) }),
  mediaseekrequest: (_media, detail) => clock(Number(detail)),
  mediatogglesubtitlesrequest: (media) =>
    isCaptioned(media) ? t("player.captionsOn") : t("player.captionsOff"),
  mediashowsubtitlesrequest: () => t("player.captionsOn"),
  mediadisablesubtitlesrequest: () => t("player.captionsOff"),
  mediaenterpiprequest: () => t("player.pip"),
  [FEEDBACK_EVENT]: (_media, detail) => String(detail),
};

/** Whether captions are shown. */
export function isCaptioned({ textTracks }: HTMLMediaElement): boolean {
  return Array.from(textTracks).some(
    ({ kind, mode }) => (kind === "captions" || kind === "subtitles") && mode === "showing",
  );
}

/** Shows what a key, a tap or a button has just done. */
export function Feedback(props: {
  controller: RefObject<HTMLElement>;
  element: RefObject<HTMLVideoElement>;
}) {
  const [message, setMessage] = useState<Message | null>(null);
  useEffect(() => {
    const [controller, media] = [props.controller.current, props.element.current];
    if (!controller || !media) return;
    const listeners = new AbortController();
    let hide: ReturnType<typeof setTimeout> | undefined;
    const show = (event: Event) => {
      const [target] = event.composedPath();
      if (target instanceof Element && target.closest(SLIDERS)) return;
      // media-chrome has carried the request out once all listeners have run.
      queueMicrotask(() => tell(textOf(event as CustomEvent, media)));
    };
    const tell = (text: string | undefined) => {
      if (!text || listeners.signal.aborted) return;
      setMessage((last) => ({ text, count: (last?.count ?? 0) + 1 }));
      clearTimeout(hide);
      hide = setTimeout(() => setMessage(null), SHOWN_MS);
    };
    for (const name of Object.keys(MESSAGES))
      controller.addEventListener(name, show, { signal: listeners.signal });
    return () => {
      listeners.abort();
      clearTimeout(hide);
    };
  }, [props.controller, props.element]);
  return (
    <div {...STAYS} class="player-message" role="status">
      {message && (
        <p key={message.count} dir="auto">
          {message.text}
        </p>
      )}
    </div>
  );
}

function textOf({ type, detail }: CustomEvent, media: HTMLVideoElement): string | undefined {
  return MESSAGES[type]?.(media, detail);
}
