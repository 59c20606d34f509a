import { type Cue, makeCue, plainText } from "../captions/cues.ts";

/** A translator needs whole sentences, and takes no more letters than this. */
const MAX_SENTENCE = 300;
/** A pause after which a new sentence starts, in seconds. */
const MAX_PAUSE_SECONDS = 2;
const MAX_LINE = 42;

/** Cues that are translated together. */
export interface Sentence {
  cues: Cue[];
  text: string;
}

/** Groups consecutive cues into sentences: up to a full stop in any script, a pause, or what a translator takes. */
export function sentencesOf(cues: readonly Cue[]): Sentence[] {
  const sentences: Sentence[] = [];
  for (const cue of cues) {
    const text = plainText(cue);
    if (text === "") continue;
    const open = sentences.at(-1);
    const before = open?.cues.at(-1);
    const isOpen =
      open !== undefined &&
      before !== undefined &&
      !/[.!?…。！？؟।][")\]»”’]*$/u.test(open.text) &&
      cue.start - before.end <= MAX_PAUSE_SECONDS &&
      open.text.length + text.length < MAX_SENTENCE;
    if (!isOpen) sentences.push({ cues: [cue], text });
    else {
      open.cues.push(cue);
      open.text += ` ${text}`;
    }
  }
  return sentences;
}

/**
 * Distributes a translation over the cues of its sentence, in proportion to their original lengths. Words are not
 * split.
 */
export function translatedCues({ cues, text }: Sentence, translated: string): Cue[] {
  const words = translated.split(/\s+/).filter((word) => word !== "");
  let seen = 0;
  let taken = 0;
  return cues.flatMap((cue, index) => {
    seen += plainText(cue).length + 1;
    const share = index === cues.length - 1 ? 1 : Math.min(1, seen / (text.length + 1));
    const to = Math.max(taken, Math.round(words.length * share));
    const part = words.slice(taken, to).join(" ");
    taken = to;
    const { start, end, settings } = cue;
    const made = makeCue({ line: 0, start, end, settings, text: broken(part) });
    return typeof made === "string" || made.text === "" ? [] : [made];
  });
}

/** Breaks a text into two lines if it is too long for one. */
function broken(text: string): string {
  const at = text.indexOf(" ", text.length / 2);
  const line =
    text.length <= MAX_LINE || at < 0 ? text : `${text.slice(0, at)}\n${text.slice(at + 1)}`;
  return line.replaceAll("<", "&lt;");
}
