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
  /** CSS colour of the timeline and the play button; null for ours. */
  colour: string | null;
}

const HEX_COLOUR = /^(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** @param query parameters of the address; those that make no sense are ignored */
export function readEmbedOptions(query: Record<string, string | undefined>): EmbedOptions {
  const isOn = (name: string) => query[name] === "1" || query[name] === "true";
  const isOff = (name: string) => query[name] === "0" || query[name] === "false";
  const start = parseTime(query["start"]) ?? parseTime(query["t"]);
  const end = parseTime(query["end"]);
  const colour = query["color"] ?? "";
  return {
    autoplay: isOn("autoplay"),
    muted: isOn("muted"),
    loop: isOn("loop"),
    start,
    end: end !== null && end > (start ?? 0) ? end : null,
    chapters: !isOff("chapters"),
    colour: HEX_COLOUR.test(colour) ? `#${colour}` : null,
  };
}
