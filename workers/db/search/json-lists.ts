/** D1 accepts two megabytes per parameter. */
const MAX_LIST_BYTES = 1_000_000;
const encoder = new TextEncoder();

/** Length of a text in UTF-8. */
export const bytesOf = (text: string): number => encoder.encode(text).length;

/** Rows for `json_each`, as few JSON lists as possible that each fit one parameter; none without rows. */
export function jsonLists(rows: readonly unknown[], maxBytes = MAX_LIST_BYTES): string[] {
  const lists: string[][] = [];
  let left = 0;
  for (const row of rows) {
    const json = JSON.stringify(row);
    const size = bytesOf(json) + 1;
    if (size > left) {
      lists.push([]);
      left = maxBytes;
    }
    left -= size;
    lists.at(-1)?.push(json);
  }
  return lists.map((list) => `[${list.join(",")}]`);
}
