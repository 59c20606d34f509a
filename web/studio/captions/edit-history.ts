/** An undo history. */
const MAX_STEPS = 200;

/** A value with the previous ones and the undone ones. */
export interface EditHistory<T> {
  now: T;
  past: readonly T[];
  future: readonly T[];
  /** The group of the last step: further changes of the same group are merged into it. */
  group: string | null;
}

export const historyOf = <T>(now: T): EditHistory<T> => ({
  now,
  past: [],
  future: [],
  group: null,
});

/** @param group the step is merged with the previous one of the same group; null for a separate step */
export function record<T>(history: EditHistory<T>, now: T, group: string | null): EditHistory<T> {
  if (now === history.now) return history;
  const joins = group !== null && group === history.group;
  const past = joins ? history.past : [...history.past, history.now].slice(-MAX_STEPS);
  return { now, past, future: [], group };
}

export function undo<T>(history: EditHistory<T>): EditHistory<T> {
  const now = history.past.at(-1);
  if (now === undefined) return history;
  const { past, future } = history;
  return { now, past: past.slice(0, -1), future: [history.now, ...future], group: null };
}

export function redo<T>(history: EditHistory<T>): EditHistory<T> {
  const [now, ...future] = history.future;
  if (now === undefined) return history;
  return { now, past: [...history.past, history.now], future, group: null };
}
