import { AppError } from "./errors.ts";

/** One cue: seconds from the start of the video, and text with WebVTT markup. */
export interface Cue {
  start: number;
  end: number;
  text: string;
  /** Position and alignment in WebVTT syntax; empty for the default. */
  settings: string;
}

/** A two-hour movie has about 100 KB of captions. */
export const MAX_CAPTION_BYTES = 2_000_000;

// WebVTT section 3.1, and SubRip, which has commas and fewer leading zeros: [hours:]minutes:seconds.fraction
const TIME = String.raw`(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})`;
// With the flag `s` the settings match at the first try, whatever line separators they contain.
const TIMING = new RegExp(String.raw`^\s*${TIME}\s*-->\s*${TIME}(?:\s+(.*))?$`, "s");
const SETTING =
  /^(?:vertical:(?:rl|lr)|line:-?[\d.]+%?(?:,\w+)?|position:[\d.]+%(?:,[\w-]+)?|size:[\d.]+%|align:\w+)$/;

interface Line {
  number: number;
  text: string;
}

/**
 * The cues of a WebVTT or SubRip file in file order, with sanitised text. Notes, styles and regions are skipped. Blocks
 * that are not valid cues are skipped too; `faults` describes them, with their line numbers.
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

/** The lines after the header block, which may contain metadata. */
function withoutHeader(lines: Line[]): Line[] {
  const end = lines.findIndex((line) => line.text.trim() === "");
  return end === -1 ? [] : lines.slice(end);
}

/** Groups of lines between empty ones. */
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

/** A cue, or a description of what is wrong with it. */
function cueOf(block: Line[]): Cue | string {
  // An identifier may precede the timing line.
  const at = block[0]?.text.includes("-->") ? 0 : 1;
  const timing = block[at];
  const times = timing && TIMING.exec(timing.text);
  if (!timing || !times) {
    return fault(
      timing ?? block[0],
      "expected a caption timing such as 00:01:02.500 --> 00:01:05.000",
    );
  }
  const start = seconds(times.slice(1, 5));
  const end = seconds(times.slice(5, 9));
  if (end <= start) return fault(timing, "the caption ends before it starts");
  const text = cleanCueText(
    block
      .slice(at + 1)
      .map((line) => line.text.trim())
      .join("\n"),
  );
  // In place of bytes that are not valid in the file's encoding.
  if (text.includes("\uFFFD")) return fault(timing, "the caption has damaged characters");
  const settings = (times[9] ?? "")
    .split(/\s+/)
    .filter((setting) => SETTING.test(setting))
    .join(" ");
  return { start, end, text, settings };
}

/** Computed in milliseconds, so that equal digits always give the same number. */
function seconds([hours, minutes, secs, fraction]: (string | undefined)[]): number {
  const total = (Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(secs);
  return (total * 1000 + Number(fraction?.padEnd(3, "0"))) / 1000;
}

function fault(line: Line | undefined, problem: string): string {
  return `Line ${line?.number ?? 1}: ${problem}.`;
}

/**
 * Tags that a cue may contain, including timestamps (WebVTT section 6.4). Only voice and language have an annotation,
 * which must not contain `=`: a client that renders a cue as HTML must never read an attribute from it.
 */
const TAG =
  /^\/?(?:[biuc]|ruby|rt)(?:\.[\p{L}\p{N}_-]+)*$|^\/?(?:v|lang)(?:\.[\p{L}\p{N}_-]+)*(?:[ \t][^<>=]*)?$|^(?:\d+:)?\d\d:\d\d\.\d{3}$/u;

/**
 * Sanitises cue text: drops tags that WebVTT does not define (SubRip's `<font>`, HTML) and SubRip positions (`{\an8}`),
 * and escapes everything else that could be read as markup. Runs in linear time: the search for a closing bracket ends
 * at the next opening one.
 */
export function cleanCueText(text: string): string {
  return text
    .replaceAll(/\{\\[^{}]*\}/g, "")
    .split(/(<[^<>]*>)/)
    .map((token) => {
      if (!/^<[^<>]*>$/.test(token)) return escapeText(token);
      const tag = token.slice(1, -1);
      return TAG.test(tag) ? `<${escapeAmpersands(tag)}>` : "";
    })
    .join("")
    .replaceAll(/(?![\n\t])\p{Cc}/gu, "")
    .trim();
}

function escapeAmpersands(text: string): string {
  return text.replaceAll(/&(?!(?:amp|lt|gt|lrm|rlm|nbsp|#\d{1,7}|#x[\da-fA-F]{1,6});)/g, "&amp;");
}

function escapeText(text: string): string {
  return escapeAmpersands(text).replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The text of a cue without markup: for search, never for HTML. */
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

/** Writes cues as a WebVTT file. */
export function writeWebVtt(cues: readonly Cue[]): string {
  const blocks = cues.map(({ start, end, settings, text }) => {
    const timing = `${timestamp(start)} --> ${timestamp(end)}`;
    return `${timing}${settings && ` ${settings}`}\n${text}\n`;
  });
  return `WEBVTT\n\n${blocks.join("\n")}`;
}

function timestamp(time: number): string {
  const ms = Math.round(time * 1000);
  const part = (unit: number, size: number, length: number) =>
    String(Math.floor(ms / unit) % size).padStart(length, "0");
  return `${String(Math.floor(ms / 3_600_000)).padStart(2, "0")}:${part(60_000, 60, 2)}:${part(1000, 60, 2)}.${part(1, 1000, 3)}`;
}

/**
 * The cues of a WebVTT or SubRip file, and what is wrong with those that are left out.
 * @throws AppError invalid_captions for a file without a valid cue, with its first invalid line
 */
export function parseCues(file: string): { cues: Cue[]; faults: string[] } {
  const { cues, faults } = readCues(file);
  if (cues.length > 0) return { cues, faults };
  throw new AppError(
    "invalid_captions",
    faults[0] ??
      "This file contains no captions. Upload a WebVTT (.vtt) or SubRip (.srt) file with at least one.",
  );
}
