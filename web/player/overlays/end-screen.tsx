import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Video } from "../../../workers/contract/videos.ts";
import { creatorNameOf, titleOf } from "../../components/creator-link.tsx";
import { STAYS } from "./feedback.tsx";
import { tryToPlay } from "../element/media-element.ts";
import { preferences, setPreferences } from "../preferences/preferences.ts";
import { t } from "../../i18n/translate.ts";

const COUNTDOWN_SECONDS = 8;

export interface NextVideo {
  video: Video;
  /** Opens the next video. */
  open: () => void;
}
interface Props {
  element: RefObject<HTMLVideoElement>;
  next: NextVideo | undefined;
}

/** Whether the video has ended and the viewer has not gone back in it since. */
function useEnded(element: RefObject<HTMLVideoElement>): boolean {
  const [isEnded, setEnded] = useState(false);
  useEffect(() => {
    const media = element.current;
    if (!media) return;
    const update = () => setEnded(media.ended);
    const names = ["ended", "seeking", "play", "emptied"];
    for (const name of names) media.addEventListener(name, update);
    return () => {
      for (const name of names) media.removeEventListener(name, update);
    };
  }, [element]);
  return isEnded;
}

/** What to do after a video: play the next one, which starts automatically after a countdown, or replay this one. */
export function EndScreen({ element, next }: Props) {
  const isEnded = useEnded(element);
  if (!isEnded) return null;
  const replay = () => {
    if (!element.current) return;
    element.current.currentTime = 0;
    tryToPlay(element.current);
  };
  return (
    <section {...STAYS} class="player-end" aria-label={t("player.after")}>
      {next && <UpNext key={next.video.id} next={next} />}
      <button type="button" class="button" onClick={replay}>
        {t("player.replay")}
      </button>
    </section>
  );
}

function UpNext({ next: { video, open } }: { next: NextVideo }) {
  const [secondsLeft, setSecondsLeft] = useState(COUNTDOWN_SECONDS);
  const isCounting = preferences.value.playNext && secondsLeft > 0;
  useEffect(() => {
    if (!preferences.value.playNext) return;
    if (secondsLeft === 0) {
      open();
      return;
    }
    // A hidden tab is not being watched: the countdown continues when it is shown again.
    const timer = setInterval(
      () => !document.hidden && setSecondsLeft(Math.max(0, secondsLeft - 1)),
      1000,
    );
    return () => clearInterval(timer);
  }, [secondsLeft, preferences.value.playNext]);
  return (
    <div class="player-next">
      <p class="label" role="status">
        {isCounting ? t("player.upNextIn", { seconds: secondsLeft }) : t("player.upNext")}
      </p>
      <div class="player-next-video">
        {video.poster && <img src={video.poster} alt="" width={160} height={90} />}
        <p>
          <strong dir="auto">{titleOf(video)}</strong>
          <span dir="auto">{creatorNameOf(video)}</span>
        </p>
      </div>
      <div class="form-actions">
        <button type="button" class="button button-signal" onClick={open}>
          {t("player.playNow")}
        </button>
        {isCounting ? (
          <button type="button" class="button" onClick={() => setPreferences({ playNext: false })}>
            {t("common.cancel")}
          </button>
        ) : (
          <button type="button" class="button" onClick={() => setPreferences({ playNext: true })}>
            {t("player.playNextAutomatically")}
          </button>
        )}
      </div>
    </div>
  );
}
