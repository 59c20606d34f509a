import type { PlainKey } from "../../i18n/translate.ts";

/** The actions of keys in the caption editor. */
export interface EditorActions {
  play: () => void;
  previous: () => void;
  next: () => void;
  startHere: () => void;
  endHere: () => void;
  add: () => void;
  split: () => void;
  merge: () => void;
  remove: () => void;
  undo: () => void;
  redo: () => void;
  save: () => void;
}

interface EditorKey {
  /** `KeyboardEvent.code`, so that it is the same key on every keyboard and with Option on a Mac. */
  code: string;
  /** The key as displayed. */
  shown: string;
  modifier: "control" | "alt";
  shift?: true;
  action: keyof EditorActions;
  does: PlainKey;
}

export const EDITOR_KEYS: readonly EditorKey[] = [
  {
    code: "Enter",
    shown: "Ctrl+Enter",
    modifier: "control",
    action: "play",
    does: "captionEditor.play",
  },
  {
    code: "ArrowUp",
    shown: "Alt+↑",
    modifier: "alt",
    action: "previous",
    does: "captionEditor.previous",
  },
  {
    code: "ArrowDown",
    shown: "Alt+↓",
    modifier: "alt",
    action: "next",
    does: "captionEditor.next",
  },
  {
    code: "Digit1",
    shown: "Alt+1",
    modifier: "alt",
    action: "startHere",
    does: "captionEditor.startHere",
  },
  {
    code: "Digit2",
    shown: "Alt+2",
    modifier: "alt",
    action: "endHere",
    does: "captionEditor.endHere",
  },
  { code: "KeyN", shown: "Alt+N", modifier: "alt", action: "add", does: "captionEditor.add" },
  { code: "KeyS", shown: "Alt+S", modifier: "alt", action: "split", does: "captionEditor.split" },
  { code: "KeyM", shown: "Alt+M", modifier: "alt", action: "merge", does: "captionEditor.merge" },
  {
    code: "Backspace",
    shown: "Alt+⌫",
    modifier: "alt",
    action: "remove",
    does: "captionEditor.remove",
  },
  {
    code: "KeyZ",
    shown: "Ctrl+Shift+Z",
    modifier: "control",
    shift: true,
    action: "redo",
    does: "captionEditor.redo",
  },
  {
    code: "KeyZ",
    shown: "Ctrl+Z",
    modifier: "control",
    action: "undo",
    does: "captionEditor.undo",
  },
  {
    code: "KeyS",
    shown: "Ctrl+S",
    modifier: "control",
    action: "save",
    does: "captionEditor.save",
  },
];

/** The action of a key; undefined if it has none. On a Mac, Command counts as Control. */
export function actionOfKey(
  event: Pick<KeyboardEvent, "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
): keyof EditorActions | undefined {
  const control = event.ctrlKey || event.metaKey;
  return EDITOR_KEYS.find(
    ({ code, modifier, shift = false }) =>
      event.code === code &&
      shift === event.shiftKey &&
      (modifier === "alt" ? event.altKey && !control : control && !event.altKey),
  )?.action;
}
