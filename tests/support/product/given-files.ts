import type { Page } from "playwright-core";

/** Drops files onto the page, or pastes them. @param files their bytes by name; browsers know no type for them */
export function giveFiles(
  page: Page,
  way: "drop" | "paste",
  files: Record<string, number[]>,
): Promise<void> {
  return page.evaluate(
    ({ type, entries }) => {
      const data = new DataTransfer();
      for (const [name, bytes] of entries) data.items.add(new File([Uint8Array.from(bytes)], name));
      const init = { bubbles: true, cancelable: true };
      document.body.dispatchEvent(
        type === "drop"
          ? new DragEvent("drop", { ...init, dataTransfer: data })
          : new ClipboardEvent("paste", { ...init, clipboardData: data }),
      );
    },
    { type: way, entries: Object.entries(files) },
  );
}

/** Pastes a text while nothing on the page has the focus. */
export function pasteText(page: Page, text: string): Promise<void> {
  return page.evaluate((pasted) => {
    const data = new DataTransfer();
    data.setData("text/plain", pasted);
    const init = { bubbles: true, cancelable: true, clipboardData: data };
    document.body.dispatchEvent(new ClipboardEvent("paste", init));
  }, text);
}
