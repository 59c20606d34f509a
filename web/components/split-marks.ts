export interface Piece {
  text: string;
  marked: boolean;
}

/**
 * Cuts a text at its marks: [start, end) in UTF-16 code units. Ranges may come in any order, overlap or
 * reach past the end; the pieces always add up to the text.
 */
export function splitMarks(text: string, marks: readonly (readonly [number, number])[]): Piece[] {
  const pieces: Piece[] = [];
  const push = (from: number, to: number, marked: boolean) => {
    if (to > from) pieces.push({ text: text.slice(from, to), marked });
  };
  let position = 0;
  for (const [start, end] of marks.toSorted((a, b) => a[0] - b[0])) {
    const from = Math.max(position, start);
    const to = Math.min(end, text.length);
    if (to <= from) continue;
    push(position, from, false);
    push(from, to, true);
    position = to;
  }
  push(position, text.length, false);
  return pieces;
}
