import "./caption-editor.css";
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { CaptionTrack } from "../../../workers/contract/captions.ts";
import type { Video } from "../../../workers/contract/videos.ts";
import { createPlayback } from "../../api.ts";
import { FormError } from "../../components/form-error.tsx";
import { ErrorState } from "../../components/states.tsx";
import { t } from "../../i18n/translate.ts";
import { tryToPlay } from "../../player/element/media-element.ts";
import { PlaybackTokenKeeper } from "../../player/stream/playback-token-keeper.ts";
import { useLoad } from "../../use-load.ts";
import { useSubmit } from "../../use-submit.ts";
import { putTrack, readTrack, type TrackKey } from "./captions-api.ts";
import {
  addCue,
  changeCue,
  type DraftCue,
  draftOf,
  fileOf,
  mergeCue,
  removeCue,
  shiftCues,
  splitCue,
  toMilliseconds,
  warningsOf,
} from "./cue-draft.ts";
import { CueRows } from "./cue-rows.tsx";
import { actionOfKey, type EditorActions } from "./editor-keys.ts";
import { EditorKeys, ShiftTools, StepTools } from "./editor-tools.tsx";
import { EditorVideo } from "./editor-video.tsx";
import { useCues } from "./use-cues.ts";
import { loadWaveform, type Waveform } from "./waveform.ts";
import { WaveformView } from "./waveform-view.tsx";

interface Props {
  video: Video;
  track: TrackKey;
  /** The stored track; undefined for a new one. */
  stored: CaptionTrack | undefined;
  onSaved: () => void;
}

/** Loads a track and the video, and edits the captions along the waveform. */
export function CaptionEditor({ video, track, stored, onSaved }: Props) {
  const loaded = useLoad(async () => {
    const [file, playback] = await Promise.all([
      stored ? readTrack(video.id, track, "vtt") : "",
      createPlayback(video.id),
    ]);
    const renew = (token: string | undefined) => createPlayback(video.id, undefined, token);
    const keeper = new PlaybackTokenKeeper(playback, renew, () => undefined);
    return { cues: draftOf(file), updatedAt: stored?.updatedAt ?? null, keeper };
  }, [video.id, track.language, track.kind]);
  if (loaded.error) return <ErrorState heading="h2" error={loaded.error} onRetry={loaded.reload} />;
  if (!loaded.data)
    return <div role="status" aria-busy="true" aria-label={t("common.loadingVideo")} />;
  return <Editor video={video} track={track} loaded={loaded.data} onSaved={onSaved} />;
}

interface EditorProps {
  video: Video;
  track: TrackKey;
  loaded: { cues: DraftCue[]; updatedAt: string | null; keeper: PlaybackTokenKeeper };
  onSaved: () => void;
}

function Editor({ video, track, loaded, onSaved }: EditorProps) {
  const { keeper } = loaded;
  const duration = video.duration ?? 0;
  const edited = useCues(video.id, track, loaded);
  const { cues } = edited;
  const position = useSignal(0);
  const media = useRef<HTMLVideoElement>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  const takesFocus = useRef(false);
  const [selected, setSelected] = useState<number | null>(cues[0]?.key ?? null);
  const [waveform, setWaveform] = useState<Waveform | null>(null);
  const [drawn, setDrawn] = useState(0);
  const warnings = useMemo(() => warningsOf(cues), [cues]);
  const isInvalid = [...warnings.values()].some(({ kind }) => kind === "no-length");
  const saving = useSubmit(async () => {
    const file = new Blob([fileOf(cues)], { type: "text/vtt" });
    const { updatedAt } = await putTrack(video.id, track, file);
    edited.adopt(cues, updatedAt);
    onSaved();
  });
  useEffect(() => {
    let isGone = false;
    const redraw = () => {
      if (!isGone) setDrawn((count) => count + 1);
    };
    loadWaveform(keeper.current.hls, (url) => keeper.rewrite(url), redraw).then(
      (found) => !isGone && setWaveform(found),
      // The captions can be edited without it.
      () => undefined,
    );
    return () => void (isGone = true);
  }, [keeper]);

  const seek = (time: number) => {
    position.value = time;
    if (media.current) media.current.currentTime = time;
  };
  const index = cues.findIndex(({ key }) => key === selected);
  const step = (by: number) => {
    const cue = cues[Math.min(cues.length - 1, Math.max(0, index + by))];
    if (!cue) return;
    setSelected(cue.key);
    seek(cue.start);
  };
  const withSelected = (change: (key: number) => readonly DraftCue[]) => {
    if (selected !== null) edited.change(change(selected));
  };
  const here = () => toMilliseconds(position.value);
  const actions: EditorActions = {
    play: () => {
      if (media.current?.paused) tryToPlay(media.current);
      else media.current?.pause();
    },
    previous: () => step(-1),
    next: () => step(1),
    startHere: () => withSelected((key) => changeCue(cues, key, { start: here() })),
    endHere: () => withSelected((key) => changeCue(cues, key, { end: here() })),
    add: () => {
      const added = addCue(cues, position.value);
      edited.change(added.cues);
      takesFocus.current = true;
      setSelected(added.key);
    },
    split: () => {
      const cue = cues[index];
      if (!cue) return;
      const caret = text.current?.selectionStart ?? 0;
      const at = caret > 0 && caret < cue.text.length ? caret : Math.ceil(cue.text.length / 2);
      edited.change(splitCue(cues, cue.key, at));
    },
    merge: () => withSelected((key) => mergeCue(cues, key)),
    remove: () => {
      takesFocus.current = document.activeElement === text.current;
      withSelected((key) => removeCue(cues, key));
      setSelected((cues[index + 1] ?? cues[index - 1])?.key ?? null);
    },
    undo: edited.undo,
    redo: edited.redo,
    save: () => {
      if (edited.isChanged && !isInvalid && cues.length > 0) saving.run();
    },
  };
  const latest = useRef(actions);
  latest.current = actions;
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const action = actionOfKey(event);
      const { target } = event;
      // Without a focused element, keys go to the editor; in the search box they do not.
      const isOurs = target === document.body || area.current?.contains(target as Node);
      if (!action || !isOurs) return;
      event.preventDefault();
      latest.current[action]();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
  const changeEdge = (key: number, change: Partial<DraftCue>) =>
    edited.change(changeCue(cues, key, change), `edge ${key}`);
  return (
    <div class="caption-editor" ref={area}>
      {edited.isRestored && (
        <div class="notice" role="status">
          <p>{t("captionEditor.restored")}</p>
          <button type="button" class="button button-small" onClick={edited.discard}>
            {t("captionEditor.discard")}
          </button>
        </div>
      )}
      <EditorVideo video={video} keeper={keeper} element={media} position={position} cues={cues} />
      <WaveformView
        waveform={waveform}
        drawn={drawn}
        cues={cues}
        selected={selected}
        position={position}
        duration={duration}
        onSeek={seek}
        onSelect={setSelected}
        onEdge={changeEdge}
        onEdgeEnd={edited.endStep}
      />
      <StepTools actions={actions} edited={edited} hasSelected={index >= 0} />
      <ShiftTools
        hasSelected={index >= 0}
        onShift={(seconds, isFromHere) =>
          edited.change(shiftCues(cues, seconds, isFromHere ? selected : null))
        }
      />
      {cues.length === 0 ? (
        <p class="soft">{t("captionEditor.empty")}</p>
      ) : (
        <CueRows
          cues={cues}
          warnings={warnings}
          selected={selected}
          text={text}
          takesFocus={takesFocus}
          onSelect={setSelected}
          onChange={(key, change, group) => edited.change(changeCue(cues, key, change), group)}
        />
      )}
      <FormError error={saving.error} />
      <div class="form-actions caption-save">
        <button
          type="button"
          class="button button-signal"
          disabled={saving.busy || !edited.isChanged || isInvalid || cues.length === 0}
          onClick={actions.save}
        >
          {t("captionEditor.save")}
        </button>
        <span role="status" class="soft">
          {saving.done && !edited.isChanged
            ? t("captionEditor.saved")
            : edited.isChanged && t("captionEditor.draft")}
        </span>
      </div>
      <EditorKeys />
    </div>
  );
}
