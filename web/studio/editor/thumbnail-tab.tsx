import { useState } from "preact/hooks";
import type { Video } from "../../../workers/contract/videos.ts";
import { setPoster } from "../../api.ts";
import { FormError } from "../../components/form-error.tsx";
import { clock, lastSecond } from "../../format.ts";
import { t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { pictureOf } from "../load-storyboard.ts";
import { type StoryboardTile, tileAt } from "../storyboard.ts";
import { Tile, useStoryboard } from "../storyboard-tile.tsx";
import { OwnPicture } from "./own-picture.tsx";

const OFFERED_FRAMES = 8;

interface Props {
  video: Video;
  /** @param picture URL of the chosen image, to be shown until the poster is made; null if there is none */
  onChosen: (picture: string | null) => void;
}

/** Makes a frame of the video or an image of the creator the poster, with a preview. */
export function ThumbnailTab({ video, onChosen }: Props) {
  // The duration is known once the source has been probed.
  if (video.duration === null || video.state === "failed")
    return <p class="soft">{t("poster.ownLater")}</p>;
  return (
    <>
      <FrameChoice video={video} duration={video.duration} onChosen={onChosen} />
      <OwnPicture video={video} onChosen={onChosen} />
    </>
  );
}

function FrameChoice({ video, duration, onChosen }: Props & { duration: number }) {
  const [second, setSecond] = useState(0);
  const tiles = useStoryboard(video);
  const tile = tileAt(tiles, second);
  const { run, busy, done, error, reset } = useSubmit(async () => {
    await setPoster(video.id, second);
    onChosen(tile ? await pictureOf(tile).catch(() => null) : null);
  });
  const look = (at: number) => {
    reset();
    setSecond(at);
  };
  return (
    <section aria-labelledby="poster">
      <h2 class="section-title" id="poster">
        {t("poster.frame")}
      </h2>
      <Frames tiles={tiles} duration={duration} second={second} onLook={look} />
      {tile && (
        <div class="poster-chosen">
          <Tile tile={tile} tiles={tiles} label={t("poster.frameAt", { time: clock(second) })} />
        </div>
      )}
      <label class="field">
        <span class="field-label">{t("poster.frameAt", { time: clock(second) })}</span>
        <input
          type="range"
          class="poster-range"
          min={0}
          max={lastSecond(duration)}
          step={1}
          value={second}
          aria-valuetext={clock(second)}
          onInput={(event) => look(event.currentTarget.valueAsNumber)}
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

interface FramesProps {
  tiles: readonly StoryboardTile[];
  /** Seconds. */
  duration: number;
  second: number;
  onLook: (second: number) => void;
}

/** A few frames from the whole video; the slider covers the rest. */
function Frames({ tiles, duration, second, onLook }: FramesProps) {
  const seconds = Array.from({ length: OFFERED_FRAMES }, (_, index) =>
    Math.floor(((index + 0.5) / OFFERED_FRAMES) * duration),
  );
  const offered = [...new Set(seconds)].flatMap((at) => {
    const tile = tileAt(tiles, at);
    return tile ? [{ at, tile }] : [];
  });
  if (offered.length === 0) return null;
  return (
    <ul class="poster-frames" aria-label={t("poster.frames")}>
      {offered.map(({ at, tile }) => (
        <li key={at}>
          <button
            type="button"
            class="poster-offer"
            aria-label={t("poster.frameAt", { time: clock(at) })}
            aria-pressed={at === second}
            onClick={() => onLook(at)}
          >
            <Tile tile={tile} tiles={tiles} />
          </button>
        </li>
      ))}
    </ul>
  );
}
