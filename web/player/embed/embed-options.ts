import { parseTime } from "../opening/time-parameter.ts";

/** The options that an embedding site can set in the player's address. */
export interface EmbedOptions {
  autoplay: boolean;
  muted: boolean;
  loop: boolean;
  /** Seconds; null to resume where the viewer stopped. */
  start: number | null;
  /** Seconds; null for the end of the video. */
  end: number | null;
  /** Whether chapters are shown. */
  chapters: boolean;
}

const THEMES = ["dark", "light", "auto"] as const;

/** How the player looks on another site. Colours are CSS; null for ours. */
export interface EmbedLook {
  /** `auto` follows the embedding page, or else the viewer's system. */
  theme: (typeof THEMES)[number];
  /** Colour of the timeline and the play button. */
  colour: string | null;
  /** Colour of the area that the video does not cover. */
  background: string | null;
}

const HEX_COLOUR = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i;

/** @param query parameters of the address; invalid ones are ignored */
export function readEmbedOptions(query: Record<string, string | undefined>): EmbedOptions {
  const isOn = (name: string) => query[name] === "1" || query[name] === "true";
  const isOff = (name: string) => query[name] === "0" || query[name] === "false";
  const start = parseTime(query["start"]) ?? parseTime(query["t"]);
  const end = parseTime(query["end"]);
  return {
    autoplay: isOn("autoplay"),
    muted: isOn("muted"),
    loop: isOn("loop"),
    start,
    end: end !== null && end > (start ?? 0) ? end : null,
    chapters: !isOff("chapters"),
  };
}

/** @param query of the address, or the message of the embedding page; invalid values are ignored */
export function readEmbedLook(query: Readonly<Record<string, unknown>>): EmbedLook {
  const colourOf = (name: string) => {
    const [, digits] = HEX_COLOUR.exec(String(query[name])) ?? [];
    return digits ? `#${digits}` : null;
  };
  return {
    theme: THEMES.find((theme) => theme === query["theme"]) ?? "dark",
    colour: colourOf("color"),
    background: colourOf("background"),
  };
}
