import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlanSettings } from "../../../workers/contract/transcodes.ts";
import type { Bench } from "./bench.ts";
import { type Outcome, type Planned, planSource } from "./pipeline.ts";

let files = 0;

/** Plans a file with this content. */
export async function planFile(
  bench: Bench,
  bytes: Buffer | string,
  settings: PlanSettings,
): Promise<Planned> {
  files += 1;
  const source = `planned-${files}`;
  await writeFile(join(bench.folder, source), bytes);
  return planSource(bench.runner, bench.storage, source, settings);
}

/** The failure code, or `done`. */
export function codeOf({ outcome }: { outcome: Outcome }): string {
  return outcome.type === "failed" ? outcome.code : "done";
}

/** Handles items in order, two at a time. */
export async function twoAtOnce<T>(
  items: IteratorObject<T>,
  handle: (item: T) => Promise<void>,
): Promise<void> {
  const lanes = Array.from({ length: 2 }, async () => {
    for (const item of items) await handle(item);
  });
  await Promise.all(lanes);
}
