import type { TaskResult } from "../../../workers/contract/transcode.ts";
import { encodeAudio } from "../audio/audio.ts";
import { extractCaptions } from "../text/captions.ts";
import { makeDownload } from "../segments/download.ts";
import { TaskFailure } from "./failure.ts";
import { makeImages } from "../images/images.ts";
import type { Job } from "./task-run.ts";
import { makePlan } from "../plan/make-plan.ts";
import { remux } from "../probe/remux.ts";
import { encodeVideo } from "../video/video.ts";

/**
 * Does what a request asks for.
 *
 * @throws TaskFailure, or any error for what nobody foresaw
 */
export const performTask = (job: Job): Promise<TaskResult> => {
  const { spec } = job.request;
  switch (spec.kind) {
    case "plan":
      return makePlan(job, spec);
    case "remux":
      return remux(job, spec);
    case "video":
      return encodeVideo(job, spec);
    case "audio":
      return encodeAudio(job, spec);
    case "images":
      return makeImages(job, spec);
    case "captions":
      return extractCaptions(job, spec);
    case "download":
      return makeDownload(job, spec);
    case "finish":
      throw new TaskFailure("invalid_task", `${spec.kind} is not for the transcoder`);
  }
};
