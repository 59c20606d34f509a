import { useEffect, useState } from "preact/hooks";
import type { DraftCue } from "./cue-draft.ts";
import { forgetDraft, keepDraft, readDraft } from "./draft-store.ts";
import type { TrackKey } from "./captions-api.ts";
import { type EditHistory, historyOf, record, redo, undo } from "./edit-history.ts";

const AUTOSAVE_DELAY_MS = 400;

export interface EditedCues {
  cues: readonly DraftCue[];
  canUndo: boolean;
  canRedo: boolean;
  /** Differs from the stored track. */
  isChanged: boolean;
  /** Whether it began with a draft kept by this browser. */
  isRestored: boolean;
  /** @param group consecutive steps of one group are merged */
  change: (cues: readonly DraftCue[], group?: string | null) => void;
  /** Ends a group: the next change is a separate step. */
  endStep: () => void;
  undo: () => void;
  redo: () => void;
  /** Goes back to the stored track. */
  discard: () => void;
  /** Marks the current state as saved. @param updatedAt of the track */
  adopt: (cues: readonly DraftCue[], updatedAt: string) => void;
}

/** The captions of a track while they are edited. This browser keeps them until they are saved. */
export function useCues(
  videoId: string,
  track: TrackKey,
  stored: { cues: readonly DraftCue[]; updatedAt: string | null },
): EditedCues {
  const [base, setBase] = useState(stored);
  const [draft] = useState(() => readDraft(videoId, track));
  const [isRestored, setRestored] = useState(draft !== null);
  const [history, setHistory] = useState<EditHistory<readonly DraftCue[]>>(() =>
    draft === null ? historyOf(stored.cues) : record(historyOf(stored.cues), draft.cues, null),
  );
  const isChanged = history.now !== base.cues;
  useEffect(() => {
    const keep = () => {
      if (isChanged) keepDraft(videoId, track, { base: base.updatedAt, cues: history.now });
      else forgetDraft(videoId, track);
    };
    const timer = setTimeout(keep, AUTOSAVE_DELAY_MS);
    addEventListener("pagehide", keep);
    return () => {
      clearTimeout(timer);
      removeEventListener("pagehide", keep);
    };
  }, [history.now, base]);
  return {
    cues: history.now,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    isChanged,
    isRestored,
    change: (cues, group = null) => setHistory((before) => record(before, cues, group)),
    endStep: () => setHistory((before) => ({ ...before, group: null })),
    undo: () => setHistory(undo),
    redo: () => setHistory(redo),
    discard: () => {
      setRestored(false);
      setHistory((before) => record(before, base.cues, null));
    },
    adopt: (cues, updatedAt) => {
      setRestored(false);
      setBase({ cues, updatedAt });
      forgetDraft(videoId, track);
    },
  };
}
