import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/video.ts";
import { setPoster } from "../api.ts";
import { clock, lastSecond } from "../format.ts";
import { ApiError } from "../api-error.ts";

/** Picks the second of the film whose picture becomes its poster. */
export function PosterChoice({ video, onChosen }: { video: Video; onChosen: () => void }) {
  const [at, setAt] = useState(0);
  const [message, setMessage] = useState("");
  const [busy, setBusy] = useState(false);
  // As soon as the file has been looked at, as the API has it.
  if (video.duration === null || video.state === "failed") return null;
  const choose = async () => {
    setBusy(true);
    try {
      await setPoster(video.id, at);
      setMessage("The new poster is being made.");
      onChosen();
    } catch (error) {
      setMessage(error instanceof ApiError ? error.message : "This did not work.");
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-labelledby="poster">
      <h2 class="section-title" id="poster">
        Poster
      </h2>
      <label class="field">
        <span class="field-label">Take the picture at {clock(at)}</span>
        <input
          type="range"
          class="poster-range"
          min={0}
          max={lastSecond(video.duration)}
          step={1}
          value={at}
          aria-valuetext={clock(at)}
          onInput={(event) => setAt(event.currentTarget.valueAsNumber)}
        />
      </label>
      <div class="form-actions">
        <button type="button" class="button" disabled={busy} onClick={() => void choose()}>
          Use this picture
        </button>
        <span role="status">{message}</span>
      </div>
    </section>
  );
}
