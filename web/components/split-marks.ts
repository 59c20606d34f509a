interface MarkedSpan {
  text: string;
  marked: boolean;
}

/**
 * Splits a text at its marks: [start, end) in UTF-16 code units. Marks may come in any order, overlap or reach past
 * the end. The spans always add up to the text.
 */
export function splitMarks(
  text: string,
  marks: readonly (readonly [number, number])[],
): MarkedSpan[] {
  const spans: MarkedSpan[] = [];
  function push(from: number, to: number, marked: boolean): void {
    if (to > from) spans.push({ text: text.slice(from, to), marked });
  }
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
  return spans;
}
