import "./chapters.css";
import { useEffect, useState } from "preact/hooks";
import { MAX_CHAPTERS } from "../../../workers/contract/chapter-limits.ts";
import type { VideoChapters } from "../../../workers/contract/chapters.ts";
import type { Video } from "../../../workers/contract/videos.ts";
import { chapterFaults } from "../../../workers/domain/chapter-faults.ts";
import { getChapters } from "../../api.ts";
import { type ApiError, toApiError } from "../../api-error.ts";
import { ErrorState } from "../../components/states.tsx";
import { clock, lastSecond } from "../../format.ts";
import { type PlainKey, t } from "../../i18n/translate.ts";
import { tileAt } from "../storyboard.ts";
import { Tile, useStoryboard } from "../storyboard-tile.tsx";
import {
  addRow,
  type ChapterRow,
  type ChaptersDraft,
  chaptersDraftOf,
  shownRows,
  sortRows,
  timeText,
  typedOf,
} from "./chapter-draft.ts";
import { ChapterRows } from "./chapter-rows.tsx";
import { ChapterStrip, type Marker } from "./chapter-strip.tsx";

interface Props {
  video: Video;
  /** Null until it has been loaded. */
  draft: ChaptersDraft | null;
  onDraft: (draft: ChaptersDraft) => void;
  onSubmit: (event: Event) => void;
}

/** Edits the chapters of a video on its storyboard. */
export function ChaptersTab({ video, draft, onDraft, onSubmit }: Props) {
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    if (draft !== null || error) return undefined;
    const abort = new AbortController();
    getChapters(video.id, abort.signal).then(
      (saved) => !abort.signal.aborted && onDraft(chaptersDraftOf(saved)),
      (reason: unknown) => !abort.signal.aborted && setError(toApiError(reason)),
    );
    return () => abort.abort();
  }, [video.id, draft === null, error]);

  if (error) return <ErrorState heading="h2" error={error} onRetry={() => setError(null)} />;
  if (video.duration === null) return <p class="soft">{t("chapters.later")}</p>;
  if (!draft) return <div role="status" aria-busy="true" aria-label={t("common.loadingVideo")} />;
  return (
    <form class="form" noValidate aria-label={t("chapters.tab")} onSubmit={onSubmit}>
      <Origin draft={draft} onReset={() => onDraft({ ...draft, rows: null })} />
      <Editor
        video={video}
        duration={video.duration}
        rows={shownRows(draft)}
        onRows={(rows) => onDraft({ ...draft, rows })}
      />
    </form>
  );
}

const AUTOMATIC: Record<NonNullable<VideoChapters["source"]>, PlainKey> = {
  description: "chapters.fromDescription",
  file: "chapters.fromFile",
};
const RESET: Record<NonNullable<VideoChapters["source"]>, PlainKey> = {
  description: "chapters.useDescription",
  file: "chapters.useFile",
};

/** Says where the chapters come from, and offers to return to the automatic ones. */
function Origin({ draft, onReset }: { draft: ChaptersDraft; onReset: () => void }) {
  const { source } = draft.saved;
  if (draft.rows === null)
    return <p class="soft">{t(source === null ? "chapters.none" : AUTOMATIC[source])}</p>;
  return (
    <div class="form-actions">
      <p class="soft">{t("chapters.own")}</p>
      <button type="button" class="button button-small" onClick={onReset}>
        {t(source === null ? "chapters.useNone" : RESET[source])}
      </button>
    </div>
  );
}

interface EditorProps {
  video: Video;
  /** Seconds. */
  duration: number;
  rows: readonly ChapterRow[];
  onRows: (rows: ChapterRow[]) => void;
}

function Editor({ video, duration, rows, onRows }: EditorProps) {
  const tiles = useStoryboard(video);
  const [second, setSecond] = useState(0);
  const tile = tileAt(tiles, second);
  const faults = chapterFaults(rows.map(typedOf), duration);
  const markers = rows.flatMap((row): Marker[] => {
    const { start, title } = typedOf(row);
    return start === null ? [] : [{ key: row.key, start, label: t("chapters.startOf", { title }) }];
  });
  const move = (key: number, to: number) => {
    setSecond(to);
    onRows(rows.map((row) => (row.key === key ? { ...row, time: timeText(to) } : row)));
  };
  const sort = () => {
    const sorted = sortRows(rows);
    if (sorted.some((row, index) => row !== rows[index])) onRows(sorted);
  };
  return (
    <>
      {tile && (
        <div class="chapter-frame">
          <Tile tile={tile} tiles={tiles} label={t("poster.frameAt", { time: clock(second) })} />
        </div>
      )}
      <ChapterStrip
        duration={duration}
        tiles={tiles}
        markers={markers}
        onMove={move}
        onMoved={sort}
      />
      <label class="field">
        <span class="field-label">{t("poster.frameAt", { time: clock(second) })}</span>
        <input
          type="range"
          class="poster-range"
          dir="ltr"
          min={0}
          max={lastSecond(duration)}
          step={1}
          value={second}
          aria-valuetext={clock(second)}
          onInput={(event) => setSecond(event.currentTarget.valueAsNumber)}
        />
      </label>
      <div class="form-actions">
        <button
          type="button"
          class="button"
          disabled={rows.length >= MAX_CHAPTERS}
          onClick={() =>
            onRows(addRow(rows, second, (number) => t("chapters.numbered", { number })))
          }
        >
          {t("chapters.addAt", { time: clock(second) })}
        </button>
      </div>
      {rows.length > 0 && (
        <ChapterRows rows={rows} faults={faults} onChange={onRows} onLeave={sort} />
      )}
    </>
  );
}
