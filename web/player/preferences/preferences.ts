import { signal } from "@preact/signals";
import { browserStorage } from "../../browser-storage.ts";

const KEY = "kinora.player";

/** Choices of the caption menus: stored value and message. The first one is the default. */
export const CAPTION_SIZES = {
  medium: "settings.medium",
  small: "settings.small",
  large: "settings.large",
  huge: "settings.huge",
} as const;
/** Sizes from the smallest to the largest. */
export const CAPTION_SIZES_IN_ORDER = ["small", "medium", "large", "huge"] as const;
export const CAPTION_COLOURS = {
  white: "settings.white",
  yellow: "settings.yellow",
  green: "settings.green",
  cyan: "settings.cyan",
} as const;
export const CAPTION_BACKGROUNDS = {
  shade: "settings.shade",
  black: "settings.black",
  none: "settings.none",
} as const;

const CHOICES: Partial<Record<keyof PlayerPreferences, object>> = {
  captionSize: CAPTION_SIZES,
  captionColour: CAPTION_COLOURS,
  captionBackground: CAPTION_BACKGROUNDS,
};

/** The viewer's choices that this browser remembers. media-chrome remembers volume and caption language itself. */
export interface PlayerPreferences {
  rate: number;
  captions: boolean;
  captionSize: keyof typeof CAPTION_SIZES;
  captionColour: keyof typeof CAPTION_COLOURS;
  captionBackground: keyof typeof CAPTION_BACKGROUNDS;
  dataSaver: boolean;
  /** BCP 47 tag of the audio track to start with; empty for the video's own. */
  audioLanguage: string;
  /** The player takes the whole width of the page. */
  theatre: boolean;
  /** The next video starts automatically, after a countdown. */
  playNext: boolean;
  /** Playbacks count in the statistics of videos. */
  countsViews: boolean;
}

const DEFAULTS: PlayerPreferences = {
  rate: 1,
  captions: false,
  captionSize: "medium",
  captionColour: "white",
  captionBackground: "shade",
  dataSaver: false,
  audioLanguage: "",
  theatre: false,
  playNext: false,
  countsViews: true,
};

/** Stored preferences; missing and invalid values get their default. */
export function readPreferences(storage: Pick<Storage, "getItem">): PlayerPreferences {
  const stored = parseObject(storage.getItem(KEY));
  const kept = Object.entries(stored).filter(([name, value]) => {
    const known = DEFAULTS[name as keyof PlayerPreferences];
    const choices = CHOICES[name as keyof PlayerPreferences];
    return typeof value === typeof known && (!choices || Object.hasOwn(choices, String(value)));
  });
  const preferences = { ...DEFAULTS, ...(Object.fromEntries(kept) as Partial<PlayerPreferences>) };
  const isRate = preferences.rate >= 0.25 && preferences.rate <= 4;
  return { ...preferences, rate: isRate ? preferences.rate : DEFAULTS.rate };
}

function parseObject(text: string | null): object {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

export const preferences = signal(readPreferences(browserStorage()));

/** Changes preferences, now and for the next video. */
export function setPreferences(change: Partial<PlayerPreferences>): void {
  preferences.value = { ...preferences.value, ...change };
  browserStorage().setItem(KEY, JSON.stringify(preferences.value));
}
