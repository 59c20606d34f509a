import type { Page } from "playwright-core";
import { expect } from "vitest";

export const selectionBar = (page: Page) => page.getByRole("region", { name: "Selected videos" });

/** Changes the selected videos together. @param value of a field of the bar, which has this name or the action's */
export async function bulk(
  page: Page,
  action: string,
  value: string,
  field = action,
): Promise<void> {
  const bar = selectionBar(page);
  await bar.getByLabel("What to change").selectOption(action);
  const input = bar.getByLabel(field, { exact: true });
  if (field === "Tags") await input.fill(value);
  else await input.selectOption(value);
  await bar.getByRole("button", { name: "Apply" }).click();
}

/**
 * Waits for the result of a bulk edit and closes it.
 * @param count number of selected videos
 * @param titles of the videos that were changed
 */
export async function expectDone(
  page: Page,
  count: number,
  titles: readonly string[],
): Promise<void> {
  const results = page.getByRole("region", { name: "Result" });
  await results.getByText(`Done for ${titles.length} of ${count} videos.`).waitFor();
  await results.locator("summary").click();
  expect(await results.locator("details li").allTextContents()).toEqual(titles);
  await results.getByRole("button", { name: "Close" }).click();
  await results.waitFor({ state: "detached" });
}
