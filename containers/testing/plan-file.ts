import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Limits, TaskSpec } from "../../workers/contract/transcode.ts";
import type { Bench } from "./bench.ts";
import { type Outcome, runTask, SETTINGS } from "./pipeline.ts";

let files = 0;

/** Plans a file, remuxing it first where the plan wants that, as the Worker would; with the source that is then encoded. */
export const planFile = async (
  bench: Bench,
  bytes: Buffer | string,
  limits: Limits,
): Promise<{ outcome: Outcome; source: string }> => {
  files += 1;
  const source = `planned-${files}`;
  await writeFile(join(bench.folder, source), bytes);
  const plan: TaskSpec = { kind: "plan", settings: { ...SETTINGS, limits }, remuxed: false };
  const first = await runTask(bench.url, bench.storage, { source }, plan);
  if (first.outcome.type === "failed" || first.outcome.result.kind !== "remux-first")
    return { outcome: first.outcome, source };
  const { demuxer } = first.outcome.result;
  const remux = await runTask(
    bench.url,
    bench.storage,
    { source },
    { kind: "remux", demuxer, limits },
  );
  if (remux.outcome.type === "failed") return { outcome: remux.outcome, source };
  const remuxed = remux.outputs["remuxed"] ?? "";
  const again = { ...plan, remuxed: true };
  const { outcome } = await runTask(bench.url, bench.storage, { source: remuxed }, again);
  return { outcome, source: remuxed };
};

export const codeOf = ({ outcome }: { outcome: Outcome }): string =>
  outcome.type === "failed" ? outcome.code : "done";
