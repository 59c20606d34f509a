import { AppError } from "./errors.ts";

/** One caption: seconds from the start of the film, and text with the markup that WebVTT knows. */
export interface Cue {
  start: number;
  end: number;
  text: string;
  /** Position and alignment, as WebVTT writes them after the times; empty for the default. */
  settings: string;
}

/** The largest caption file in bytes; a film of two hours has about 100 KB. */
export const MAX_CAPTION_BYTES = 2_000_000;

// WebVTT section 3.1 and SubRip, which has commas and sloppier digits: [hours:]minutes:seconds.fraction
const TIME = String.raw`(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})`;
// With `s`, what follows the second time matches at the first try, whatever separators are in it.
const TIMING = new RegExp(String.raw`^\s*${TIME}\s*-->\s*${TIME}(?:\s+(.*))?$`, "s");
const SETTING =
  /^(?:vertical:(?:rl|lr)|line:-?[\d.]+%?(?:,\w+)?|position:[\d.]+%(?:,[\w-]+)?|size:[\d.]+%|align:\w+)$/;

interface Line {
  number: number;
  text: string;
}

/**
 * The cues of a WebVTT or SubRip file, in the order of the file, with their text cleaned. Notes, styles and regions
 * are left out, as is what is no cue: `faults` says why, each with its line.
 */
export function readCues(file: string): { cues: Cue[]; faults: string[] } {
  const lines = file
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((text, index) => ({ number: index + 1, text }));
  const isVtt = /^WEBVTT(?:[ \t]|$)/.test(lines[0]?.text ?? "");
  const cues: Cue[] = [];
  const faults: string[] = [];
  for (const block of blocksOf(isVtt ? withoutHeader(lines) : lines)) {
    if (isVtt && /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(block[0]?.text ?? "")) continue;
    const cue = cueOf(block);
    if (typeof cue === "string") faults.push(cue);
    else if (cue.text !== "") cues.push(cue);
  }
  return { cues, faults };
}

/** What follows the header block, which may carry metadata. */
function withoutHeader(lines: Line[]): Line[] {
  const end = lines.findIndex((line) => line.text.trim() === "");
  return end === -1 ? [] : lines.slice(end);
}

/** Runs of lines between empty ones. */
function blocksOf(lines: Line[]): Line[][] {
  const blocks: Line[][] = [];
  let open = false;
  for (const line of lines) {
    if (line.text.trim() === "") open = false;
    else if (open) blocks.at(-1)?.push(line);
    else open = blocks.push([line]) > 0;
  }
  return blocks;
}

/** A cue, or what is wrong with it; one without text shows nothing. */
function cueOf(block: Line[]): Cue | string {
  // An identifier may stand above the times.
  const at = block[0]?.text.includes("-->") ? 0 : 1;
  const timing = block[at];
  const times = timing && TIMING.exec(timing.text);
  if (!timing || !times) {
    return fault(
      timing ?? block[0],
      "expected the times of a caption, for example 00:01:02.500 --> 00:01:05.000",
    );
  }
  const start = seconds(times.slice(1, 5));
  const end = seconds(times.slice(5, 9));
  if (end <= start) return fault(timing, "the caption ends before it begins");
  const text = cleanCueText(
    block
      .slice(at + 1)
      .map((line) => line.text.trim())
      .join("\n"),
  );
  const settings = (times[9] ?? "")
    .split(/\s+/)
    .filter((setting) => SETTING.test(setting))
    .join(" ");
  return { start, end, text, settings };
}

/** Counted in milliseconds, so that the same digits are always the same number. */
const seconds = ([hours, minutes, whole, fraction]: (string | undefined)[]): number =>
  (((Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(whole)) * 1000 +
    Number(fraction?.padEnd(3, "0"))) /
  1000;

const fault = (line: Line | undefined, what: string): string =>
  `Line ${line?.number ?? 1}: ${what}.`;

/**
 * WebVTT section 6.4: the tags a cue may have, timestamps within it included. Only voice and language take an
 * annotation, and theirs holds no `=`: nothing that would be an attribute where somebody shows a cue as HTML.
 */
const TAG =
  /^\/?(?:[biuc]|ruby|rt)(?:\.[\p{L}\p{N}_-]+)*$|^\/?(?:v|lang)(?:\.[\p{L}\p{N}_-]+)*(?:[ \t][^<>=]*)?$|^(?:\d+:)?\d\d:\d\d\.\d{3}$/u;

/**
 * Text that is safe wherever it is shown: tags that WebVTT does not know are dropped (SubRip's `<font>`, anything of
 * HTML), positions of SubRip (`{\an8}`) too, and what would be read as markup is escaped. Time is linear: a search for
 * what closes ends at the next that opens.
 */
export function cleanCueText(text: string): string {
  return text
    .replaceAll(/\{\\[^{}]*\}/g, "")
    .split(/(<[^<>]*>)/)
    .map((piece) => {
      if (!/^<[^<>]*>$/.test(piece)) return escapeText(piece);
      return TAG.test(piece.slice(1, -1)) ? `<${escapeAmpersands(piece.slice(1, -1))}>` : "";
    })
    .join("")
    .replaceAll(/(?![\n\t])\p{Cc}/gu, "")
    .trim();
}

const escapeAmpersands = (text: string): string =>
  text.replaceAll(/&(?!(?:amp|lt|gt|lrm|rlm|nbsp|#\d{1,7}|#x[\da-fA-F]{1,6});)/g, "&amp;");

const escapeText = (text: string): string =>
  escapeAmpersands(text).replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The words of a cue as a person reads them: for search, never for HTML. */
export function plainText(cue: Cue): string {
  const named: Record<string, string> = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&nbsp;": " ",
    "&lrm;": "",
    "&rlm;": "",
  };
  return cue.text
    .replaceAll(/<[^<>]*>/g, "")
    .replaceAll(/&\w+;/g, (entity) => named[entity] ?? entity)
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** A WebVTT file of these cues. */
export const writeWebVtt = (cues: readonly Cue[]): string =>
  `WEBVTT\n\n${cues.map((cue) => `${timestamp(cue.start)} --> ${timestamp(cue.end)}${cue.settings && ` ${cue.settings}`}\n${cue.text}\n`).join("\n")}`;

function timestamp(time: number): string {
  const ms = Math.round(time * 1000);
  const part = (unit: number, size: number, length: number) =>
    String(Math.floor(ms / unit) % size).padStart(length, "0");
  return `${String(Math.floor(ms / 3_600_000)).padStart(2, "0")}:${part(60_000, 60, 2)}:${part(1000, 60, 2)}.${part(1, 1000, 3)}`;
}

/**
 * The cues of a WebVTT or SubRip file that is to be whole.
 * @throws AppError invalid_captions with the first line that is wrong
 */
export function parseCues(file: string): Cue[] {
  const { cues, faults } = readCues(file);
  const detail =
    faults[0] ??
    (cues.length === 0 &&
      "This file has no caption. Send WebVTT or SubRip (SRT) with at least one.");
  if (detail) throw new AppError("invalid_captions", detail);
  return cues;
}
