import type { PlannedTask, TaskKind, TaskSpec } from "../../contract/transcodes.ts";
import { isExtraStage, isUrgent } from "./task-order.ts";

/**
 * Tasks of one creator that are equivalent for scheduling: the same runners can do them, and their urgency is the same.
 * So the best task of each lane is all that a choice of the next task needs (next-task.ts).
 */
export type Lane = `${Urgency} ${Need}`;

const URGENCIES = ["urgent", "normal", "extra", "urgent-extra"] as const;
type Urgency = (typeof URGENCIES)[number];

/** A capability that a runner needs: a kind of task, and for media also a codec. */
type Need = TaskKind | `${"video" | "audio"}-${Codec}`;
type Codec = "h264" | "av1" | "vp9" | "aac" | "opus";

const CODECS_OF = { video: ["h264", "av1", "vp9"], audio: ["aac", "opus"] } as const;

export interface Capabilities {
  kinds: readonly TaskKind[];
  codecs: readonly Codec[];
}

export function laneOf({ stage, priority, spec }: Omit<PlannedTask, "name">): Lane {
  const urgent = isUrgent(priority);
  const urgency = isExtraStage(stage)
    ? urgent
      ? "urgent-extra"
      : "extra"
    : urgent
      ? "urgent"
      : "normal";
  return `${urgency} ${needOf(spec)}`;
}

/** The lanes whose tasks a runner can do. */
export function lanesFor({ kinds, codecs }: Capabilities): Lane[] {
  const needs = kinds.flatMap((kind): Need[] =>
    kind === "video" || kind === "audio"
      ? CODECS_OF[kind]
          .filter((codec) => codecs.includes(codec))
          .map((codec) => `${kind}-${codec}` as const)
      : [kind],
  );
  return URGENCIES.flatMap((urgency) => needs.map((need) => `${urgency} ${need}` as const));
}

export function urgencyOf(lane: Lane): { isUrgent: boolean; isExtra: boolean } {
  const [urgency] = lane.split(" ");
  return {
    isUrgent: urgency === "urgent" || urgency === "urgent-extra",
    isExtra: urgency === "extra" || urgency === "urgent-extra",
  };
}

/** The capability that a runner needs for the tasks of a lane. */
export function needOfLane(lane: Lane): { kind: string; codec: string | null } {
  const [kind = "", codec = null] = (lane.split(" ")[1] ?? "").split("-");
  return { kind, codec };
}

/** True for the tasks that the Worker does itself: they need no slot of a runner. */
export function isWorkersLane(lane: Lane): boolean {
  return needOfLane(lane).kind === "finish";
}

function needOf(spec: TaskSpec): Need {
  switch (spec.kind) {
    case "video":
      // The chunks of a plan are cut per codec (chunks.ts).
      return `video-${spec.renditions[0]?.codec ?? "h264"}`;
    case "audio":
      return `audio-${spec.rendition.codec}`;
    default:
      return spec.kind;
  }
}
