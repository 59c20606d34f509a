import type { TaskResult } from "../../workers/contract/transcode.ts";
import { encodeAudio } from "./audio.ts";
import { extractCaptions } from "./captions.ts";
import { makeDownload } from "./download.ts";
import { TaskFailure } from "./failure.ts";
import { makeImages } from "./images.ts";
import type { Job } from "./job.ts";
import { makePlan } from "./make-plan.ts";
import { remux } from "./remux.ts";
import { encodeVideo } from "./video.ts";

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
