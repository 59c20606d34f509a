import { clock } from "../format.ts";
import { SEEK_SECONDS } from "./player-controls.tsx";
import type { Casting } from "./use-cast.ts";

/** In place of the video while a Chromecast plays it. */
export function CastPanel({ casting }: { casting: Casting }) {
  const { device, isPaused, time, playOrPause, seekBy, stop } = casting;
  return (
    <div class="player-cast" role="region" aria-label="Chromecast">
      <p>
        Playing on <bdi>{device}</bdi>
      </p>
      <p class="player-cast-time">{clock(time)}</p>
      <p class="player-cast-buttons">
        <button type="button" class="button" onClick={() => seekBy(-SEEK_SECONDS)}>
          −{SEEK_SECONDS} s
        </button>
        <button type="button" class="button button-signal" onClick={playOrPause}>
          {isPaused ? "Play" : "Pause"}
        </button>
        <button type="button" class="button" onClick={() => seekBy(SEEK_SECONDS)}>
          +{SEEK_SECONDS} s
        </button>
        <button type="button" class="button" onClick={stop}>
          Stop casting
        </button>
      </p>
    </div>
  );
}
