import { splitMarks } from "./split-marks.ts";

/** A text of a user or of the index with its matching ranges marked; always text, never markup. */
export function MarkedText({ text, marks }: { text: string; marks: [number, number][] }) {
  return (
    <>
      {splitMarks(text, marks).map((piece, index) =>
        piece.marked ? <mark key={index}>{piece.text}</mark> : piece.text,
      )}
    </>
  );
}
