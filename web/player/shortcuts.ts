import { FEEDBACK_EVENT } from "./feedback.tsx";
import { timeWithin } from "./media-element.ts";
import { SEEK_SECONDS } from "./player-controls.tsx";
import {
  CAPTION_SIZES,
  CAPTION_SIZES_IN_ORDER,
  preferences,
  setPreferences,
} from "./preferences.ts";
import { t } from "../i18n/translate.ts";

/** What shortcuts act on: media-chrome's controller, which also knows the state, and the video in it. */
export interface ShortcutContext {
  media: HTMLVideoElement;
  /** Sends one of media-chrome's requests, such as `mediaplayrequest`. */
  request: (name: string, detail?: unknown) => void;
  isFullscreen: boolean;
  isPictureInPicture: boolean;
  showHelp: () => void;
  /** Opens the video that follows; undefined without one. */
  openNext: (() => void) | undefined;
}

export interface Shortcut {
  /** Results of `keyOf`. */
  keys: readonly string[];
  /** How the overlay names the keys. */
  label: () => string;
  does: () => string;
  /** Only while the focus is inside the player: elsewhere these keys scroll the page. */
  insideOnly?: true;
  run: (context: ShortcutContext, key: string) => void;
}

const ARROW_SECONDS = 5;
/** Most videos have 24 to 30 frames per second, and browsers do not tell. */
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

function changeVolume({ media, request }: ShortcutContext, step: number): void {
  request("mediavolumerequest", Math.min(1, Math.max(0, media.volume + step)));
}

/** The keys of the player, as on YouTube. The first entry with a key wins. */
export const SHORTCUTS: readonly Shortcut[] = [
  {
    keys: ["k", " "],
    label: () => t("keys.kOrSpace"),
    does: () => t("keys.playOrPause"),
    run: ({ media, request }) => request(media.paused ? "mediaplayrequest" : "mediapauserequest"),
  },
  {
    keys: ["j"],
    label: () => "J",
    does: () => t("keys.back", { seconds: SEEK_SECONDS }),
    run: (c) => seekBy(c, -SEEK_SECONDS),
  },
  {
    keys: ["l"],
    label: () => "L",
    does: () => t("keys.forward", { seconds: SEEK_SECONDS }),
    run: (c) => seekBy(c, SEEK_SECONDS),
  },
  {
    keys: ["ArrowLeft"],
    label: () => "←",
    does: () => t("keys.back", { seconds: ARROW_SECONDS }),
    run: (c) => seekBy(c, -ARROW_SECONDS),
  },
  {
    keys: ["ArrowRight"],
    label: () => "→",
    does: () => t("keys.forward", { seconds: ARROW_SECONDS }),
    run: (c) => seekBy(c, ARROW_SECONDS),
  },
  {
    keys: ["Home"],
    label: () => t("keys.homeKey"),
    does: () => t("keys.toStart"),
    insideOnly: true,
    run: ({ request }) => request("mediaseekrequest", 0),
  },
  {
    keys: ["End"],
    label: () => t("keys.endKey"),
    does: () => t("keys.toEnd"),
    insideOnly: true,
    run: ({ media, request }) => {
      if (Number.isFinite(media.duration)) request("mediaseekrequest", media.duration);
    },
  },
  {
    keys: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    label: () => t("keys.digits"),
    does: () => t("keys.goTo"),
    run: ({ media, request }, key) => {
      if (Number.isFinite(media.duration))
        request("mediaseekrequest", (media.duration * Number(key)) / 10);
    },
  },
  {
    keys: [","],
    label: () => ",",
    does: () => t("keys.previousFrame"),
    run: (c) => stepFrame(c, -1),
  },
  { keys: ["."], label: () => ".", does: () => t("keys.nextFrame"), run: (c) => stepFrame(c, 1) },
  {
    keys: ["<"],
    label: () => "<",
    does: () => t("keys.slower"),
    run: (c) => changeRate(c, -RATE_STEP),
  },
  {
    keys: [">"],
    label: () => ">",
    does: () => t("keys.faster"),
    run: (c) => changeRate(c, RATE_STEP),
  },
  {
    keys: ["m"],
    label: () => "M",
    does: () => t("keys.mute"),
    run: ({ media, request }) => request(media.muted ? "mediaunmuterequest" : "mediamuterequest"),
  },
  {
    keys: ["ArrowUp"],
    label: () => "↑",
    does: () => t("keys.louder"),
    insideOnly: true,
    run: (c) => changeVolume(c, VOLUME_STEP),
  },
  {
    keys: ["ArrowDown"],
    label: () => "↓",
    does: () => t("keys.quieter"),
    insideOnly: true,
    run: (c) => changeVolume(c, -VOLUME_STEP),
  },
  {
    keys: ["c"],
    label: () => "C",
    does: () => t("keys.captions"),
    run: ({ request }) => request("mediatogglesubtitlesrequest"),
  },
  {
    keys: ["+", "="],
    label: () => "+",
    does: () => t("keys.largerCaptions"),
    run: (c) => changeCaptionSize(c, 1),
  },
  {
    keys: ["-"],
    label: () => "−",
    does: () => t("keys.smallerCaptions"),
    run: (c) => changeCaptionSize(c, -1),
  },
  {
    keys: ["f"],
    label: () => "F",
    does: () => t("keys.fullscreen"),
    run: ({ request, isFullscreen }) =>
      request(isFullscreen ? "mediaexitfullscreenrequest" : "mediaenterfullscreenrequest"),
  },
  {
    keys: ["t"],
    label: () => "T",
    does: () => t("keys.theatre"),
    run: () => setPreferences({ theatre: !preferences.value.theatre }),
  },
  {
    keys: ["p", "i"],
    label: () => t("keys.iOrP"),
    does: () => t("player.pip"),
    run: ({ request, isPictureInPicture }) =>
      request(isPictureInPicture ? "mediaexitpiprequest" : "mediaenterpiprequest"),
  },
  {
    keys: ["Shift+n"],
    label: () => t("keys.shiftN"),
    does: () => t("keys.nextVideo"),
    run: ({ openNext }) => openNext?.(),
  },
  { keys: ["?"], label: () => "?", does: () => t("keys.help"), run: ({ showHelp }) => showHelp() },
];

/** `KeyboardEvent.key` without the effect of Caps Lock on letters, and with Shift where a shortcut has it. */
export function keyOf({ key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">): string {
  const name = key.length === 1 ? key.toLowerCase() : key;
  return shiftKey && name === "n" ? "Shift+n" : name;
}
