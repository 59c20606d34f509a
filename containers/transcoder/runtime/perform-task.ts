import type { TaskResult } from "../../../workers/contract/transcodes.ts";
import { encodeAudio } from "../audio/audio.ts";
import { editSource } from "../edit/edit.ts";
import { extractCaptions } from "../text/captions.ts";
import { makeDownload } from "../segments/download.ts";
import { TaskFailure } from "./failure.ts";
import { makeImages } from "../images/images.ts";
import type { TaskRun } from "./task-run.ts";
import { makePlan } from "../plan/make-plan.ts";
import { remux } from "../probe/remux.ts";
import { transcribePart } from "../text/transcribe.ts";
import { encodeVideo } from "../video/video.ts";

/**
 * Runs the task that the request describes.
 *
 * @throws TaskFailure, or any other error for an unexpected fault
 */
export function performTask(run: TaskRun): Promise<TaskResult> {
  const { spec } = run.request;
  switch (spec.kind) {
    case "plan":
      return makePlan(run, spec);
    case "remux":
      return remux(run, spec);
    case "edit":
      return editSource(run, spec);
    case "video":
      return encodeVideo(run, spec);
    case "audio":
      return encodeAudio(run, spec);
    case "images":
      return makeImages(run, spec);
    case "captions":
      return extractCaptions(run, spec);
    case "download":
      return makeDownload(run, spec);
    case "transcribe":
    case "speech":
      return transcribePart(run, spec);
    case "finish":
      throw new TaskFailure("invalid_task", `the Worker runs ${spec.kind} tasks itself`);
  }
}
