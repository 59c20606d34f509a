import sax from "sax";
import { type CaptionFile, collectCue, cueFault, makeCue } from "../cues.ts";

/** Elements within one another. Deeper files are attacks. */
const MAX_DEPTH = 64;

/** Whether a file has this format, with any namespace prefix. */
export const isTtml = (file: string): boolean => /<(?:[\w-]+:)?tt[\s>]/.test(file.slice(0, 4096));

/** How the times of a document count (TTML2, 6.2). */
interface Clock {
  framesPerSecond: number;
  ticksPerSecond: number;
}

/** An open element. Times are seconds; its children's count from `start`. */
interface Element {
  start: number;
  /** Infinity if it is not given. */
  end: number;
  /** Where the next child of a `seq` container begins. */
  next: number;
  isSequence: boolean;
  /** The tag that closes it in the text of the cue. */
  closing: string;
  /** A paragraph, or a span with times of its own, is a cue. */
  cue?: { line: number; text: string };
}

/**
 * The cues of a TTML document (EBU-TT, SMPTE-TT, IMSC and DFXP are profiles of it) in order of time: every paragraph is
 * a cue, and so is every span with its own times. Of the styles, only italics are kept.
 */
export function readTtml(file: string): CaptionFile {
  const reader = new TtmlReader();
  const parser = sax.parser(true, { position: true });
  const line = () => parser.line + 1;
  parser.onerror = () => {
    reader.complain(line(), "the file is not well-formed XML here");
    // Otherwise sax refuses to continue.
    parser.error = null;
  };
  parser.onopentag = ({ name, attributes }) =>
    reader.open(localName(name), attributesOf(attributes), line());
  parser.ontext = (text) => reader.add(escaped(text));
  parser.oncdata = (text) => reader.add(escaped(text));
  parser.onclosetag = () => reader.close();
  parser.write(file.replace(/^\uFEFF/, "")).close();
  reader.found.cues.sort((one, other) => one.start - other.start);
  return reader.found;
}

class TtmlReader {
  readonly found: CaptionFile = { cues: [], faults: [] };
  readonly #stack: Element[] = [];
  #clock: Clock = { framesPerSecond: 30, ticksPerSecond: 1 };
  #hasComplained = false;

  /** Only the first error is reported, since others follow from it. */
  complain(line: number, problem: string): void {
    if (!this.#hasComplained) this.found.faults.push(cueFault(line, problem));
    this.#hasComplained = true;
  }

  open(name: string, attributes: ReadonlyMap<string, string>, line: number): void {
    if (name === "tt") this.#clock = clockOf(attributes);
    const element = timedElement(this.#stack.at(-1) ?? ROOT, attributes, this.#clock);
    const isTimed = ["begin", "end", "dur"].some((attribute) => attributes.has(attribute));
    if (name === "br") this.add(LINE_BREAK);
    if (name === "p" || (name === "span" && isTimed)) element.cue = { line, text: "" };
    this.#stack.push(element);
    if (this.#stack.length > MAX_DEPTH) this.complain(line, "elements are nested too deeply");
    if (attributes.get("fontStyle") !== "italic" || !["p", "span"].includes(name)) return;
    this.add("<i>");
    element.closing = "</i>";
  }

  /** Adds text to the cue that is open, if one is. */
  add(text: string): void {
    if (this.#stack.length > MAX_DEPTH) return;
    const cue = this.#stack.findLast((element) => element.cue)?.cue;
    if (cue) cue.text += text;
  }

  close(): void {
    const element = this.#stack.at(-1);
    if (!element) return;
    this.add(element.closing);
    this.#stack.pop();
    const parent = this.#stack.at(-1);
    if (parent && Number.isFinite(element.end)) parent.next = element.end;
    if (element.cue) this.#collect(element, element.cue);
  }

  #collect({ start, end }: Element, { line, text }: NonNullable<Element["cue"]>): void {
    const clean = text
      .replaceAll(/\s+/g, " ")
      .replaceAll(/ ?\uE000 ?/g, "\n")
      .trim();
    if (clean.replaceAll(/<\/?i>/g, "").trim() === "") return;
    if (Number.isFinite(start) && Number.isFinite(end))
      collectCue(this.found, makeCue({ line, start, end, text: clean }));
    else this.found.faults.push(cueFault(line, "the caption has no valid start and end"));
  }
}

/** Stands for a line break while all other white space is collapsed; a character for private use. */
const LINE_BREAK = "\uE000";
const ROOT: Element = { start: 0, end: Infinity, next: 0, isSequence: false, closing: "" };

/** The name without its prefix, which a file may choose. */
const localName = (name: string): string => name.slice(name.indexOf(":") + 1);

const attributesOf = (attributes: Record<string, string>): Map<string, string> =>
  new Map(Object.entries(attributes).map(([name, value]) => [localName(name), value.trim()]));

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function clockOf(attributes: ReadonlyMap<string, string>): Clock {
  const number = (name: string) => Number(attributes.get(name) ?? "") || undefined;
  const [numerator = 1, denominator = 1] = (attributes.get("frameRateMultiplier") ?? "1 1")
    .split(/[\s:]+/)
    .map(Number);
  const frameRate = number("frameRate");
  const framesPerSecond = ((frameRate ?? 30) * numerator) / denominator;
  const ticksPerSecond = number("tickRate") ?? (frameRate === undefined ? 1 : framesPerSecond);
  return { framesPerSecond: framesPerSecond || 30, ticksPerSecond };
}

/** An element's times: relative to its parent, or in a sequence to the sibling before it; never after its parent's end. */
function timedElement(
  parent: Element,
  attributes: ReadonlyMap<string, string>,
  clock: Clock,
): Element {
  const time = (name: string): number | undefined => {
    const text = attributes.get(name);
    return text === undefined ? undefined : parseTime(text, clock);
  };
  const origin = parent.isSequence ? parent.next : parent.start;
  const start = origin + (time("begin") ?? 0);
  const end = time("end");
  const length = time("dur");
  return {
    start,
    end: Math.min(
      parent.end,
      end === undefined ? Infinity : origin + end,
      length === undefined ? Infinity : start + length,
    ),
    next: start,
    isSequence: attributes.get("timeContainer") === "seq",
    closing: "",
  };
}

const UNITS: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** A time expression (TTML2, 12.3.1) in seconds; NaN for any other text. */
function parseTime(text: string, { framesPerSecond, ticksPerSecond }: Clock): number {
  const [, hours, minutes, seconds, frames] =
    /^(\d{1,6}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)(?::(\d{1,6})(?:\.\d{1,6})?)?$/.exec(text) ?? [];
  if (hours !== undefined)
    return rounded(
      Number(hours) * 3600 +
        Number(minutes) * 60 +
        Number(seconds) +
        Number(frames ?? 0) / framesPerSecond,
    );
  const [, offset, unit = ""] = /^(\d{1,15}(?:\.\d{1,9})?)(h|ms|m|s|f|t)$/.exec(text) ?? [];
  if (offset === undefined) return Number.NaN;
  if (unit === "f") return rounded(Number(offset) / framesPerSecond);
  if (unit === "t") return rounded(Number(offset) / ticksPerSecond);
  return rounded(Number(offset) * (UNITS[unit] ?? 1));
}

/** Rounded to milliseconds, as in WebVTT. */
const rounded = (time: number): number => Math.round(time * 1000) / 1000;
