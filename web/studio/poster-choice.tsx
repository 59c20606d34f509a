import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { setPoster } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { clock, lastSecond } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { t } from "../i18n/translate.ts";

/** Picks the frame of the video that becomes its poster. */
export function PosterChoice({ video, onChosen }: { video: Video; onChosen: () => void }) {
  const [second, setSecond] = useState(0);
  const { run, busy, done, error } = useSubmit(async () => {
    await setPoster(video.id, second);
    onChosen();
  });
  // The duration is known once the source has been probed.
  if (video.duration === null || video.state === "failed") return null;
  return (
    <section aria-labelledby="poster">
      <h2 class="section-title" id="poster">
        {t("poster.title")}
      </h2>
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
