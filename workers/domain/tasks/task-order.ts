import { Priority, Stage } from "../../contract/task-order.ts";

/** Stages in the order in which they run. */
export const STAGES: readonly Stage[] = Stage.options;
/** Priorities, the first to run first. */
export const PRIORITIES: readonly Priority[] = Priority.options;

/** Stages that make the video `ready`; later ones only add to it. */
export const REQUIRED_STAGES: readonly Stage[] = ["plan", "encode", "publish"];

/** Priorities of the tasks that a viewer or creator is waiting for. */
const URGENT_PRIORITIES: readonly Priority[] = [
  "blocking",
  "first-video",
  "first-audio",
  "other-renditions",
  "images",
  "captions",
  "other-audio",
];

export function isUrgent(priority: Priority): boolean {
  return URGENT_PRIORITIES.includes(priority);
}

/** True for stages that add to a video that is ready without them. */
export function isExtraStage(stage: Stage): boolean {
  return !REQUIRED_STAGES.includes(stage);
}

export function isLaterStage(stage: Stage, than: Stage): boolean {
  return STAGES.indexOf(stage) > STAGES.indexOf(than);
}

/** Position of a priority: the lower runs first. */
export function priorityRank(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}

interface Ordered {
  stage: Stage;
  priority: Priority;
}

/** Sorts tasks into the order in which they run. */
export function compareTasks(left: Ordered, right: Ordered): number {
  return (
    STAGES.indexOf(left.stage) - STAGES.indexOf(right.stage) ||
    priorityRank(left.priority) - priorityRank(right.priority)
  );
}
