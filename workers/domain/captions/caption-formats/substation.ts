import { type CaptionFile, collectCue, cueFault, linesOf, makeCue, seconds } from "../cues.ts";

const TIME = /^\s*(\d{1,4}):([0-5]?\d):([0-5]?\d)[.,](\d{1,3})\s*$/;
/** The columns of a file that does not declare them. */
const COLUMNS = [
  "layer",
  "start",
  "end",
  "style",
  "name",
  "marginl",
  "marginr",
  "marginv",
  "effect",
  "text",
];

/** Whether a file is of this format. */
export const isSubStation = (file: string): boolean =>
  /^\s*\[(?:Script Info|V4\+? Styles|Events)\]/im.test(file.slice(0, 4096));

/**
 * The cues of a file for Advanced SubStation Alpha (`.ass`) or its predecessor (`.ssa`), in order of their times. Of the
 * styles, italics, bold and underlining stay. Drawings are left out.
 */
export function readSubStation(file: string): CaptionFile {
  const found: CaptionFile = { cues: [], faults: [] };
  let columns = COLUMNS;
  let isEvents = false;
  for (const { number, text } of linesOf(file)) {
    const [, section] = /^\s*\[(.+)\]\s*$/.exec(text) ?? [];
    if (section !== undefined) isEvents = section.trim().toLowerCase() === "events";
    const [, key = "", value = ""] = /^\s*(\w+):(.*)$/.exec(text) ?? [];
    if (!isEvents || key === "") continue;
    if (key === "Format") columns = value.split(",").map((name) => name.trim().toLowerCase());
    if (key !== "Dialogue") continue;
    // The text is the last column, and may have commas.
    const cells = value.split(",");
    const cell = (name: string) => cells[columns.indexOf(name)] ?? "";
    const [start, end] = [TIME.exec(cell("start")), TIME.exec(cell("end"))];
    if (!start || !end) {
      const expected = "expected a start and an end such as 0:01:02.50,0:01:05.00";
      found.faults.push(cueFault(number, expected));
      continue;
    }
    const spoken = cells.slice(columns.indexOf("text")).join(",");
    const times = { start: seconds(start.slice(1)), end: seconds(end.slice(1)) };
    collectCue(found, makeCue({ line: number, ...times, text: textOf(spoken) }));
  }
  found.cues.sort((one, other) => one.start - other.start);
  return found;
}

/** The text with WebVTT's markup. Everything else in braces is left out. */
function textOf(spoken: string): string {
  let isDrawing = false;
  const open = new Set<string>();
  const parts = spoken.split(/(\{[^{}]*\})/).map((part) => {
    if (!part.startsWith("{")) return isDrawing ? "" : escaped(part);
    let tags = "";
    for (const [, name = "", state = ""] of part.matchAll(/\\([ibup])(\d+)(?![\d(])/g)) {
      if (name === "p") isDrawing = Number(state) > 0;
      // Bold may be a weight.
      else if (Number(state) > 0 === open.has(name)) continue;
      else if (open.delete(name)) tags += `</${name}>`;
      else if (open.add(name)) tags += `<${name}>`;
    }
    return tags;
  });
  const ends = [...open].toReversed().map((name) => `</${name}>`);
  return [...parts, ...ends].join("");
}

const escaped = (text: string): string =>
  text
    .replaceAll("<", "&lt;")
    .replaceAll(/\\[Nn]/g, "\n")
    .replaceAll("\\h", " ");
