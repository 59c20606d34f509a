import { splitMarks } from "./split-marks.ts";

/** A text from an account or from the search index with its matches marked. Always text, never markup. */
export function MarkedText({ text, marks }: { text: string; marks: [number, number][] }) {
  return (
    <>
      {splitMarks(text, marks).map((span, index) =>
        span.marked ? <mark key={index}>{span.text}</mark> : span.text,
      )}
    </>
  );
}
