import type {
  Plan,
  PlannedTask,
  Priority,
  RenditionOutput,
  VideoRendition,
} from "../../../workers/contract/transcodes.ts";
export declare const rendition: (height: number) => VideoRendition;
export declare const videoTask: (
  name: string,
  priority: Priority,
  firstSegment: number,
  renditions: VideoRendition[],
) => PlannedTask;
/** A plan for 16 s in two chunks: the first with a task per rendition, the second with one; audio, images and `finish`. */
export declare const examplePlan: () => Plan;
/** Publishes a second codec. */
export declare const finishExtras: PlannedTask;
export declare const output: (
  firstSegment: number,
  count: number,
  timescale?: number,
) => RenditionOutput;
