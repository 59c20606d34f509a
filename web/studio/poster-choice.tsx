import { useEffect, useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { setPoster } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { clock, lastSecond } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { loadStoryboard, pictureOf } from "./load-storyboard.ts";
import { type StoryboardTile, tileAt } from "./storyboard.ts";
import { t } from "../i18n/translate.ts";

interface Props {
  video: Video;
  /** @param picture URL of the chosen frame, to be shown until the poster is made; null if there is none */
  onChosen: (picture: string | null) => void;
}

/** Picks the frame of the video that becomes its poster, and shows it before. */
export function PosterChoice({ video, onChosen }: Props) {
  const [second, setSecond] = useState(0);
  const [isUsed, setUsed] = useState(false);
  const [tiles, setTiles] = useState<StoryboardTile[]>([]);
  const tile = tileAt(tiles, second);
  const { run, busy, done, error } = useSubmit(async () => {
    await setPoster(video.id, second);
    onChosen(tile ? await pictureOf(tile).catch(() => null) : null);
  });
  useEffect(() => {
    if (!isUsed) return undefined;
    const abort = new AbortController();
    loadStoryboard(video.id, abort.signal).then(setTiles, () => undefined);
    return () => abort.abort();
    // A new poster comes with a new storyboard.
  }, [isUsed, video.id, video.poster]);
  // The duration is known once the source has been probed.
  if (video.duration === null || video.state === "failed") return null;
  return (
    <section
      aria-labelledby="poster"
      onFocusCapture={() => setUsed(true)}
      onPointerEnter={() => setUsed(true)}
    >
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

/** Cuts a tile out of its sheet, as wide as there is room. */
function Tile(props: { tile: StoryboardTile; tiles: StoryboardTile[]; label: string }) {
  const { tile, tiles, label } = props;
  const { x, y, width, height } = tile;
  const sheet = tiles.filter((other) => other.sheet === tile.sheet);
  const sheetWidth = Math.max(...sheet.map((other) => other.x + other.width));
  const sheetHeight = Math.max(...sheet.map((other) => other.y + other.height));
  return (
    <div
      class="poster-frame"
      role="img"
      aria-label={label}
      style={{
        aspectRatio: `${width} / ${height}`,
        maxWidth: `calc(20rem * ${width} / ${height})`,
        backgroundImage: `url(${JSON.stringify(tile.sheet)})`,
        backgroundSize: `${(100 * sheetWidth) / width}% ${(100 * sheetHeight) / height}%`,
        backgroundPosition: `${(100 * x) / Math.max(1, sheetWidth - width)}% ${(100 * y) / Math.max(1, sheetHeight - height)}%`,
      }}
    />
  );
}
