import type { Chapter } from "../../../workers/contract/chapters.ts";
import { FEEDBACK_EVENT } from "../overlays/feedback.tsx";
import { timeWithin } from "../element/media-element.ts";
import { SEEK_SECONDS } from "../controls/player-controls.tsx";
import {
  CAPTION_BACKGROUNDS,
  CAPTION_SIZES,
  CAPTION_SIZES_IN_ORDER,
  preferences,
  setPreferences,
} from "../preferences/preferences.ts";
import { t } from "../../i18n/translate.ts";

/** The target of shortcuts: media-chrome's controller, which also has the state, and the video in it. */
export interface ShortcutContext {
  media: HTMLVideoElement;
  /** Sends one of media-chrome's requests, such as `mediaplayrequest`. */
  request: (name: string, detail?: unknown) => void;
  isFullscreen: boolean;
  isPictureInPicture: boolean;
  showHelp: () => void;
  chapters: readonly Chapter[];
  /** Opens the video that follows; undefined without one. */
  openNext: (() => void) | undefined;
  /** Opens the one before it in its playlist; undefined without one. */
  openPrevious: (() => void) | undefined;
}

interface Shortcut {
  /** Results of `keyOf`. The list of keys shows the first of them (shortcuts-help.tsx). */
  keys: readonly [string, ...string[]];
  /** Applies only while the focus is inside the player: elsewhere these keys scroll the page. */
  insideOnly?: true;
  run: (context: ShortcutContext, key: string) => void;
}

export const ARROW_SECONDS = 5;
/** In its first seconds, "back" leads from a chapter to the one before it. */
const CHAPTER_START_SECONDS = 3;
/** A seek to a chapter may end slightly before it. */
const SEEK_MARGIN_SECONDS = 0.5;
/** Most videos have 24 to 30 frames per second, and browsers do not report the rate. */
const FRAME_SECONDS = 1 / 25;
const VOLUME_STEP = 0.05;
const RATE_STEP = 0.25;
const MIN_RATE = 0.25;
const MAX_RATE = 2;

function seekBy({ media, request }: ShortcutContext, seconds: number): void {
  request("mediaseekrequest", timeWithin(media, media.currentTime + seconds));
}

function stepFrame({ media, request }: ShortcutContext, frames: number): void {
  if (!media.paused) return;
  request(FEEDBACK_EVENT, frames > 0 ? t("player.nextFrame") : t("player.previousFrame"));
  media.currentTime = Math.max(0, media.currentTime + frames * FRAME_SECONDS);
}

function changeRate({ media, request }: ShortcutContext, step: number): void {
  const rate = Math.min(MAX_RATE, Math.max(MIN_RATE, media.playbackRate + step));
  request("mediaplaybackraterequest", rate);
}

function changeCaptionSize({ request }: ShortcutContext, step: number): void {
  const sizes = CAPTION_SIZES_IN_ORDER;
  const index = sizes.indexOf(preferences.value.captionSize) + step;
  const captionSize = sizes[Math.min(sizes.length - 1, Math.max(0, index))];
  if (!captionSize) return;
  setPreferences({ captionSize });
  request(FEEDBACK_EVENT, t(CAPTION_SIZES[captionSize]));
}

function changeCaptionBackground({ request }: ShortcutContext): void {
  const names = Object.keys(CAPTION_BACKGROUNDS) as (keyof typeof CAPTION_BACKGROUNDS)[];
  const index = names.indexOf(preferences.value.captionBackground);
  const captionBackground = names[(index + 1) % names.length];
  if (!captionBackground) return;
  setPreferences({ captionBackground });
  request(FEEDBACK_EVENT, t(CAPTION_BACKGROUNDS[captionBackground]));
}

function changeChapter({ media, request, chapters }: ShortcutContext, step: 1 | -1): void {
  const { currentTime } = media;
  const chapter =
    step > 0
      ? chapters.find(({ start }) => start > currentTime + SEEK_MARGIN_SECONDS)
      : chapters.findLast(({ start }) => start < currentTime - CHAPTER_START_SECONDS);
  if (!chapter) return;
  request("mediaseekrequest", chapter.start);
  request(FEEDBACK_EVENT, chapter.title);
}

function changeVolume({ media, request }: ShortcutContext, step: number): void {
  request("mediavolumerequest", Math.min(1, Math.max(0, media.volume + step)));
}

const PLAYER_SHORTCUTS = [
  {
    keys: ["k", " "],
    run: ({ media, request }) => request(media.paused ? "mediaplayrequest" : "mediapauserequest"),
  },
  {
    keys: ["j"],
    run: (c) => seekBy(c, -SEEK_SECONDS),
  },
  {
    keys: ["l"],
    run: (c) => seekBy(c, SEEK_SECONDS),
  },
  {
    keys: ["ArrowLeft"],
    run: (c) => seekBy(c, -ARROW_SECONDS),
  },
  {
    keys: ["ArrowRight"],
    run: (c) => seekBy(c, ARROW_SECONDS),
  },
  {
    keys: ["Home"],
    insideOnly: true,
    run: ({ request }) => request("mediaseekrequest", 0),
  },
  {
    keys: ["End"],
    insideOnly: true,
    run: ({ media, request }) => {
      if (Number.isFinite(media.duration)) request("mediaseekrequest", media.duration);
    },
  },
  {
    keys: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    run: ({ media, request }, key) => {
      if (Number.isFinite(media.duration))
        request("mediaseekrequest", (media.duration * Number(key)) / 10);
    },
  },
  {
    keys: [","],
    run: (c) => stepFrame(c, -1),
  },
  { keys: ["."], run: (c) => stepFrame(c, 1) },
  {
    keys: ["<"],
    run: (c) => changeRate(c, -RATE_STEP),
  },
  {
    keys: [">"],
    run: (c) => changeRate(c, RATE_STEP),
  },
  {
    keys: ["m"],
    run: ({ media, request }) => request(media.muted ? "mediaunmuterequest" : "mediamuterequest"),
  },
  {
    keys: ["ArrowUp"],
    insideOnly: true,
    run: (c) => changeVolume(c, VOLUME_STEP),
  },
  {
    keys: ["ArrowDown"],
    insideOnly: true,
    run: (c) => changeVolume(c, -VOLUME_STEP),
  },
  {
    keys: ["c"],
    run: ({ request }) => request("mediatogglesubtitlesrequest"),
  },
  {
    keys: ["+", "="],
    run: (c) => changeCaptionSize(c, 1),
  },
  {
    keys: ["-"],
    run: (c) => changeCaptionSize(c, -1),
  },
  { keys: ["w"], run: changeCaptionBackground },
  { keys: ["Ctrl+ArrowLeft"], run: (c) => changeChapter(c, -1) },
  { keys: ["Ctrl+ArrowRight"], run: (c) => changeChapter(c, 1) },
  {
    keys: ["f"],
    run: ({ request, isFullscreen }) =>
      request(isFullscreen ? "mediaexitfullscreenrequest" : "mediaenterfullscreenrequest"),
  },
  {
    keys: ["t"],
    run: () => setPreferences({ theatre: !preferences.value.theatre }),
  },
  {
    keys: ["p", "i"],
    run: ({ request, isPictureInPicture }) =>
      request(isPictureInPicture ? "mediaexitpiprequest" : "mediaenterpiprequest"),
  },
  {
    keys: ["Shift+n"],
    run: ({ openNext }) => openNext?.(),
  },
  { keys: ["Shift+p"], run: ({ openPrevious }) => openPrevious?.() },
  { keys: ["?"], run: ({ showHelp }) => showHelp() },
] as const satisfies readonly Shortcut[];

/** The shortcuts for the list of keys. */
export type ShortcutKey = (typeof PLAYER_SHORTCUTS)[number]["keys"][0];

/** The keys of the player, as on YouTube. The first entry with a key wins. */
export const SHORTCUTS: readonly Shortcut[] = PLAYER_SHORTCUTS;

/** macOS keeps Ctrl with an arrow for itself, and other systems go back with Alt and an arrow. */
const isApple = (): boolean => /^(?:Mac|iP)/.test(navigator.platform);

type PressedKey = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "altKey">;

/**
 * `KeyboardEvent.key` without the effect of Caps Lock on letters, with Shift where a shortcut has it, and with Ctrl, which is
 * the option key on a Mac. Empty with modifiers that no shortcut has.
 */
export function keyOf({ key, shiftKey, ctrlKey, altKey }: PressedKey): string {
  const name = key.length === 1 ? key.toLowerCase() : key;
  if (ctrlKey && altKey) return "";
  if (ctrlKey || altKey) return ctrlKey || isApple() ? `Ctrl+${name}` : "";
  return shiftKey && (name === "n" || name === "p") ? `Shift+${name}` : name;
}
