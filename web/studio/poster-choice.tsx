import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { setPoster } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { clock, lastSecond } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { pictureOf } from "./load-storyboard.ts";
import { tileAt } from "./storyboard.ts";
import { Tile, useStoryboard } from "./storyboard-tile.tsx";
import { t } from "../i18n/translate.ts";

interface Props {
  video: Video;
  /** @param picture URL of the chosen frame, to be shown until the poster is made; null if there is none */
  onChosen: (picture: string | null) => void;
}

/** Picks the frame of the video that becomes its poster, and shows it before. */
export function PosterChoice({ video, onChosen }: Props) {
  const [second, setSecond] = useState(0);
  const tiles = useStoryboard(video);
  const tile = tileAt(tiles, second);
  const { run, busy, done, error } = useSubmit(async () => {
    await setPoster(video.id, second);
    onChosen(tile ? await pictureOf(tile).catch(() => null) : null);
  });
  // The duration is known once the source has been probed.
  if (video.duration === null || video.state === "failed") return null;
  return (
    <section aria-labelledby="poster">
      <h2 class="section-title" id="poster">
        {t("poster.title")}
      </h2>
      {tile && (
        <Tile tile={tile} tiles={tiles} label={t("poster.frameAt", { time: clock(second) })} />
      )}
      <label class="field">
        <span class="field-label">{t("poster.frameAt", { time: clock(second) })}</span>
        <input
          type="range"
          class="poster-range"
          min={0}
          max={lastSecond(video.duration)}
          step={1}
          value={second}
          aria-valuetext={clock(second)}
          onInput={(event) => setSecond(event.currentTarget.valueAsNumber)}
        />
      </label>
      <FormError error={error} />
      <div class="form-actions">
        <button type="button" class="button" disabled={busy} onClick={() => run()}>
          {t("poster.use")}
        </button>
        <span role="status">{done ? t("poster.creating") : ""}</span>
      </div>
    </section>
  );
}
