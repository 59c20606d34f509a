/** One cue: seconds from the start of the video, and text with WebVTT markup. */
export interface Cue {
  start: number;
  end: number;
  text: string;
  /** Position and alignment in WebVTT syntax; empty for the default. */
  settings: string;
}

/** A two-hour video has about 100 KB of captions. */
export const MAX_CAPTION_BYTES = 2_000_000;

// WebVTT section 3.1, and SubRip, which has commas and fewer leading zeros: [hours:]minutes:seconds.fraction
const TIME = String.raw`(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})`;
// With the flag `s` the settings match at the first try, whatever line separators they contain.
const TIMING = new RegExp(String.raw`^\s*${TIME}\s*-->\s*${TIME}(?:\s+(.*))?$`, "s");
const SETTING =
  /^(?:vertical:(?:rl|lr)|line:-?[\d.]+%?(?:,\w+)?|position:[\d.]+%(?:,[\w-]+)?|size:[\d.]+%|align:\w+)$/;

/** The content of a file. */
export interface CaptionFile {
  cues: Cue[];
  /** Errors of the cues that were left out, with their lines. */
  faults: string[];
}

export interface Line {
  number: number;
  text: string;
}

/** The lines of a file, numbered from 1. */
export function linesOf(file: string): Line[] {
  return file
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((text, index) => ({ number: index + 1, text }));
}

/**
 * The cues of a WebVTT or SubRip file in file order, with sanitised text. Notes, styles and regions are skipped. Blocks
 * that are not valid cues are skipped too; `faults` describes them, with their line numbers.
 */
export function readCues(file: string): CaptionFile {
  const lines = linesOf(file);
  const isVtt = /^WEBVTT(?:[ \t]|$)/.test(lines[0]?.text ?? "");
  const found: CaptionFile = { cues: [], faults: [] };
  for (const block of blocksOf(isVtt ? withoutHeader(lines) : lines)) {
    if (isVtt && /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(block[0]?.text ?? "")) continue;
    collectCue(found, cueOf(block));
  }
  return found;
}

/** The lines after the header block, which may contain metadata. */
function withoutHeader(lines: Line[]): Line[] {
  const end = lines.findIndex((line) => line.text.trim() === "");
  return end === -1 ? [] : lines.slice(end);
}

/** Groups of lines between empty ones. */
export function blocksOf(lines: Line[]): Line[][] {
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
    return cueFault(
      (timing ?? block[0])?.number ?? 1,
      "expected a caption timing such as 00:01:02.500 --> 00:01:05.000",
    );
  }
  const text = block
    .slice(at + 1)
    .map((line) => line.text.trim())
    .join("\n");
  const settings = (times[9] ?? "")
    .split(/\s+/)
    .filter((setting) => SETTING.test(setting))
    .join(" ");
  const [start, end] = [seconds(times.slice(1, 5)), seconds(times.slice(5, 9))];
  return makeCue({ line: timing.number, start, end, text, settings });
}

/** A cue as read from a file of any format. */
interface TypedCue {
  /** Line in the file. */
  line: number;
  /** Seconds. */
  start: number;
  end: number;
  /** Text with WebVTT markup and any other. */
  text: string;
  settings?: string;
}

/** A cue with sanitised text, which may be empty, or a description of what is wrong with it. */
export function makeCue({ line, start, end, text, settings = "" }: TypedCue): Cue | string {
  if (end <= start) return cueFault(line, "the caption ends before it starts");
  const clean = cleanCueText(text);
  // U+FFFD stands for bytes that are invalid in the file's encoding.
  if (clean.includes("\uFFFD")) return cueFault(line, "the caption has damaged characters");
  return { start, end, text: clean, settings };
}

/** Adds a cue to a file's cues, or its error to the faults. A cue without text is left out. */
export function collectCue(found: CaptionFile, cue: Cue | string): void {
  if (typeof cue === "string") found.faults.push(cue);
  else if (cue.text !== "") found.cues.push(cue);
}

/** Computed in milliseconds, so that equal digits always give the same number. */
export function seconds([hours, minutes, secs, fraction]: (string | undefined)[]): number {
  const total = (Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(secs);
  return (total * 1000 + Number(fraction?.padEnd(3, "0"))) / 1000;
}

/** @param line numbered from 1 */
export function cueFault(line: number, problem: string): string {
  return `Line ${line}: ${problem}.`;
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

const ENTITIES: Record<string, string> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&nbsp;": " ",
  "&lrm;": "",
  "&rlm;": "",
};

/** The text of a cue without markup: for search, never for HTML. */
export function plainText(cue: Cue): string {
  return cue.text
    .replaceAll(/<[^<>]*>/g, "")
    .replaceAll(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity)
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Writes cues as a SubRip file, which supports no entities and only this markup. */
export function writeSubRip(cues: readonly Cue[]): string {
  const time = (at: number) => timestamp(at).replace(".", ",");
  return cues
    .map(({ start, end, text }, index) => {
      const plain = text
        .replaceAll(/<(?!\/?[biu]>)[^<>]*>/g, "")
        .replaceAll(/&(?:amp|lt|gt|nbsp|lrm|rlm);/g, (entity) => ENTITIES[entity] ?? entity);
      return `${index + 1}\n${time(start)} --> ${time(end)}\n${plain}\n`;
    })
    .join("\n");
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
