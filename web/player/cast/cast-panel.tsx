import { clock } from "../../format.ts";
import { t } from "../../i18n/translate.ts";
import { STAYS } from "../overlays/feedback.tsx";
import { SEEK_SECONDS } from "../controls/player-controls.tsx";

/** A video that plays on a Chromecast, for its panel. */
export interface Casting {
  device: string;
  isPaused: boolean;
  /** Seconds. */
  time: number;
  playOrPause: () => void;
  seekBy: (seconds: number) => void;
  stop: () => void;
}

/** Shown in place of the video while a Chromecast plays it. */
export function CastPanel({ casting }: { casting: Casting }) {
  const { device, isPaused, time, playOrPause, seekBy, stop } = casting;
  return (
    <div {...STAYS} class="player-cast" role="region" aria-label={t("player.cast.name")}>
      <p dir="auto">{t("player.cast.playing", { device })}</p>
      <p class="player-cast-time">{clock(time)}</p>
      <p class="player-cast-buttons">
        <button type="button" class="button" onClick={() => seekBy(-SEEK_SECONDS)}>
          {t("player.cast.back", { seconds: SEEK_SECONDS })}
        </button>
        <button type="button" class="button button-signal" onClick={playOrPause}>
          {t(isPaused ? "player.cast.play" : "player.cast.pause")}
        </button>
        <button type="button" class="button" onClick={() => seekBy(SEEK_SECONDS)}>
          {t("player.cast.forward", { seconds: SEEK_SECONDS })}
        </button>
        <button type="button" class="button" onClick={stop}>
          {t("player.cast.stop")}
        </button>
      </p>
    </div>
  );
}
