import type { OutputCodec, RunnerCapabilities } from "../contract/runners.ts";
import type { TaskSpec } from "../contract/transcodes.ts";

/** The codecs that a task encodes to. */
export function codecsOf(spec: TaskSpec): OutputCodec[] {
  switch (spec.kind) {
    case "video":
      return [...new Set(spec.renditions.map(({ codec }) => codec))];
    case "audio":
      return [spec.rendition.codec];
    default:
      return [];
  }
}

/** Whether a runner can do a task. */
export function canRun({ kinds, codecs }: RunnerCapabilities, spec: TaskSpec): boolean {
  return kinds.includes(spec.kind) && codecsOf(spec).every((codec) => codecs.includes(codec));
}
