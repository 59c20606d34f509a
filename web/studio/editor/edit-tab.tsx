import "./edit.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Playback } from "../../../workers/contract/playback.ts";
import type { VersionList } from "../../../workers/contract/versions.ts";
import type { Video } from "../../../workers/contract/videos.ts";
import { sendBeacon } from "../../api.ts";
import { FormError } from "../../components/form-error.tsx";
import { ErrorState } from "../../components/states.tsx";
import { clock } from "../../format.ts";
import { type PlainKey, t } from "../../i18n/translate.ts";
import { useLoad, usePolling } from "../../use-load.ts";
import { useSubmit } from "../../use-submit.ts";
import { LeaveGuard } from "../../components/leave-guard.tsx";
import { readStoryboardAt } from "../load-storyboard.ts";
import { editVideo, listVersions, playVersion } from "../versions-api.ts";
import type { StoryboardTile } from "../storyboard.ts";
import { timeText } from "./chapter-draft.ts";
import { AudioFields } from "./audio-fields.tsx";
import { ChapterStrip, type Marker } from "./chapter-strip.tsx";
import {
  addCut,
  type EditDraft,
  editDraftOf,
  type EditFault,
  editFault,
  type EditPoint,
  keptSeconds,
  movePoint,
  recipeOf,
  removedRanges,
  STEP_SECONDS,
} from "./edit-draft.ts";
import { EditPreview } from "./edit-preview.tsx";
import { EditRows } from "./edit-rows.tsx";
import { ReplaceFile } from "./replace-file.tsx";
import { WatermarkFields } from "./watermark-fields.tsx";
import { Versions } from "./version-list.tsx";

const POLL_INTERVAL_MS = 1500;

interface Props {
  video: Video;
  /** Loads the video again. */
  refresh: () => Promise<void>;
}

/** Edits a video without a new upload: the file is kept, and versions show parts of it. */
export function EditTab({ video, refresh }: Props) {
  const versions = useLoad((signal) => listVersions(video.id, signal), [video.id, video.state]);
  const list = versions.data;
  const isEncoding = list?.items.some(({ state }) => state === "encoding") ?? false;
  const change = async (next: VersionList) => {
    versions.set(next);
    await refresh();
  };
  const look = async () => {
    const next = await listVersions(video.id);
    const isStill = next.items.some(({ state }) => state === "encoding");
    if (isStill) versions.set(next);
    else await change(next);
  };
  usePolling(look, isEncoding, POLL_INTERVAL_MS, [isEncoding]);

  if (versions.error)
    return <ErrorState heading="h2" error={versions.error} onRetry={versions.reload} />;
  if (!list) return <div role="status" aria-busy="true" aria-label={t("common.loadingVideo")} />;
  const { whole } = list;
  if (!whole) return <p class="soft">{t("edit.later")}</p>;
  return (
    <>
      <Editor
        // Another file has another timeline, and another version has other marks.
        key={`${whole.version} ${list.items.find(({ state }) => state === "current")?.version}`}
        video={video}
        whole={whole}
        list={list}
        isEncoding={isEncoding}
        onList={versions.set}
      />
      <Versions id={video.id} list={list} onList={(next) => void change(next)} />
      <ReplaceFile id={video.id} disabled={isEncoding} onReplaced={look} />
    </>
  );
}

const FAULTS: Record<EditFault, PlainKey> = {
  "too-short": "edit.tooShort",
  "too-many": "edit.tooMany",
  unchanged: "edit.unchanged",
};

interface EditorProps {
  video: Video;
  whole: NonNullable<VersionList["whole"]>;
  list: VersionList;
  isEncoding: boolean;
  onList: (list: VersionList) => void;
}

function Editor({ video, whole, list, isEncoding, onList }: EditorProps) {
  const { duration } = whole;
  const recipe = list.items.find(({ state }) => state === "current")?.recipe ?? null;
  const shown = editDraftOf(recipe, duration);
  const [draft, setDraft] = useState<EditDraft>(shown);
  const [second, setSecond] = useState(0);
  const { playback, tiles } = useWhole(video.id, whole.version);
  const element = useRef<HTMLVideoElement>(null);
  const [sound, setSound] = useState<File | null>(null);
  const saving = useSubmit(async () => onList(await editVideo(video.id, recipeOf(draft))));
  const fault = editFault(draft, shown);
  const change = (next: EditDraft) => {
    saving.reset();
    setDraft(next);
  };
  const seek = (seconds: number) => {
    setSecond(seconds);
    if (element.current) element.current.currentTime = seconds;
  };
  const points = pointsOf(draft);
  return (
    <section aria-labelledby="edit">
      <LeaveGuard isActive={fault === null && !isEncoding} text={t("leave.text")} />
      <h2 class="section-title" id="edit">
        {t("edit.tab")}
      </h2>
      <p class="soft">{t("edit.explained")}</p>
      {playback && (
        <EditPreview
          address={playback.hls}
          draft={draft}
          element={element}
          video={video}
          sound={sound}
          onTime={setSecond}
        />
      )}
      <ChapterStrip
        duration={duration}
        last={duration}
        step={STEP_SECONDS}
        tiles={tiles}
        markers={points}
        onMove={(key, to) => {
          const point = points.find((one) => one.key === key)?.point;
          if (!point) return;
          change(movePoint(draft, point, to, duration));
          seek(to);
        }}
        onMoved={() => undefined}
      >
        {removedRanges(draft, duration).map(({ from, to }) => (
          <span
            key={from}
            class="edit-removed"
            style={{
              insetInlineStart: `${(100 * from) / duration}%`,
              width: `${(100 * (to - from)) / duration}%`,
            }}
          />
        ))}
        <span
          class="edit-playhead"
          style={{ insetInlineStart: `${(100 * Math.min(second, duration)) / duration}%` }}
        />
      </ChapterStrip>
      <div class="form-actions">
        <button
          type="button"
          class="button"
          onClick={() => change(movePoint(draft, "start", second, duration))}
        >
          {t("edit.startHere", { time: timeText(Math.floor(second)) })}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => change(movePoint(draft, "end", second, duration))}
        >
          {t("edit.endHere", { time: timeText(Math.floor(second)) })}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => change(addCut(draft, second, duration))}
        >
          {t("edit.cutHere", { time: timeText(Math.floor(second)) })}
        </button>
      </div>
      <EditRows draft={draft} duration={duration} onDraft={change} />
      <WatermarkFields
        id={video.id}
        watermark={draft.watermark}
        onWatermark={(watermark) => change({ ...draft, watermark })}
      />
      <AudioFields
        id={video.id}
        audio={draft.audio}
        onAudio={(audio) => change({ ...draft, audio })}
        onFile={setSound}
      />
      <p aria-live="polite">
        {t("edit.length", { length: clock(keptSeconds(draft)), whole: clock(duration) })}
      </p>
      {fault !== null && fault !== "unchanged" && <p class="field-error">{t(FAULTS[fault])}</p>}
      <FormError error={saving.error} />
      <div class="form-actions">
        <button
          type="button"
          class="button button-signal"
          disabled={saving.busy || isEncoding || fault !== null}
          onClick={() => saving.run()}
        >
          {t("edit.create")}
        </button>
        <button type="button" class="button" onClick={() => change(shown)}>
          {t("edit.reset")}
        </button>
        <span role="status">
          {isEncoding ? t("edit.making") : fault === "unchanged" ? t(FAULTS[fault]) : ""}
        </span>
      </div>
    </section>
  );
}

/** The handles of the strip. Cuts have keys from 0, so each has two of its own. */
function pointsOf({ start, end, cuts }: EditDraft): (Marker & { point: EditPoint })[] {
  const marker = (key: number, at: number, label: string, point: EditPoint) => ({
    ...{ key, start: at, label, text: timeText(at), point },
  });
  return [
    marker(-2, start, t("edit.start"), "start"),
    ...cuts
      .toSorted((one, other) => one.from - other.from)
      .flatMap(({ key, from, to }, index) => [
        marker(2 * key, from, t("edit.cutFrom", { number: index + 1 }), { cut: key, side: "from" }),
        marker(2 * key + 1, to, t("edit.cutTo", { number: index + 1 }), { cut: key, side: "to" }),
      ]),
    marker(-1, end, t("edit.end"), "end"),
  ];
}

/** A playback of the whole file and its storyboard. */
function useWhole(
  id: string,
  version: number,
): { playback: Playback | null; tiles: StoryboardTile[] } {
  const [playback, setPlayback] = useState<Playback | null>(null);
  const [tiles, setTiles] = useState<StoryboardTile[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    let opened: Playback | null = null;
    const open = async () => {
      opened = await playVersion(id, version, abort.signal);
      setPlayback(opened);
      if (opened.storyboard !== null)
        setTiles(await readStoryboardAt(opened.storyboard, abort.signal));
    };
    // Without it, times can still be typed.
    open().catch(() => undefined);
    return () => {
      abort.abort();
      if (opened?.counted)
        sendBeacon({ token: opened.token, watched: 0, ended: false, closed: true });
    };
  }, [id, version]);
  return { playback, tiles };
}
