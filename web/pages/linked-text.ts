import { parseTime } from "../player/opening/time-parameter.ts";

export type TextPart =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; href: string }
  | { kind: "time"; text: string; seconds: number };

/** Addresses, and times such as `1:02:03`, that stand alone. */
const LINKED = /https?:\/\/[^\s<>"]+|(?<![\d:.])(?:\d{1,2}:)?\d{1,2}:\d{2}(?![\d:])/g;
/** Marks that end a sentence rather than an address. */
const TRAILING = /[.,;:!?'")\]]+$/;

/** Splits a description into parts: addresses become links, and times within the video seek. @param duration seconds */
export function linkedParts(text: string, duration: number | null): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  const addText = (until: number) => {
    if (until > end) parts.push({ kind: "text", text: text.slice(end, until) });
  };
  for (const { 0: match, index } of text.matchAll(LINKED)) {
    const part = match.startsWith("http") ? linkOf(match) : timeOf(match, duration);
    if (!part) continue;
    addText(index);
    parts.push(part);
    end = index + part.text.length;
  }
  addText(text.length);
  return parts;
}

function linkOf(match: string): TextPart | null {
  let text = match.replace(TRAILING, "");
  // As at the end of Wikipedia's addresses: it closes one of the address.
  const closes = match[text.length] === ")" && text.split("(").length > text.split(")").length;
  if (closes) text += ")";
  return URL.canParse(text) ? { kind: "link", text, href: text } : null;
}

function timeOf(text: string, duration: number | null): TextPart | null {
  const seconds = parseTime(text);
  const isInside = seconds !== null && duration !== null && seconds < duration;
  return isInside ? { kind: "time", text, seconds } : null;
}
