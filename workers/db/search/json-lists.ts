/** D1 takes two megabytes a parameter. */
const MOST_BYTES = 1_000_000;
const encoder = new TextEncoder();

/** Length of a text in UTF-8. */
export const bytesOf = (text: string): number => encoder.encode(text).length;

/** Rows for `json_each`, as so few lists that each fits one parameter; none without rows. */
export function jsonLists(rows: readonly unknown[], mostBytes = MOST_BYTES): string[] {
  const lists: string[][] = [];
  let left = 0;
  for (const row of rows) {
    const json = JSON.stringify(row);
    const size = bytesOf(json) + 1;
    if (size > left) {
      lists.push([]);
      left = mostBytes;
    }
    left -= size;
    lists.at(-1)?.push(json);
  }
  return lists.map((list) => `[${list.join(",")}]`);
}
