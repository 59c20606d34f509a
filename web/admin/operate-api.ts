import type { TaskList } from "../../workers/contract/task-lists.ts";
import type { CreatorOrder } from "../../workers/contract/usage-names.ts";
import { abortable, body, done, v1 } from "../api-call.ts";

const withId = (id: string) => ({ param: { id } });

/** Current queues, runners and errors. */
export const getLiveWork = (signal?: AbortSignal) =>
  body(v1.admin.work.$get({}, abortable(signal)));
export const listWorkTasks = (list: TaskList, cursor?: string, signal?: AbortSignal) =>
  body(v1.admin.tasks.$get({ query: { list, cursor } }, abortable(signal)));
export const listFailedVideos = (cursor?: string, signal?: AbortSignal) =>
  body(v1.admin["failed-videos"].$get({ query: { cursor } }, abortable(signal)));
/** Retries everything that failed in a video of any creator. */
export const retryFailed = (videoId: string) =>
  done(v1.admin["failed-videos"][":id"].retry.$post(withId(videoId)));
export const stopTask = (id: string) => done(v1.admin.tasks[":id"].stop.$post(withId(id)));

/** Retries everything that has failed with an error. @returns number of affected videos */
export async function retryAllOf(code: string): Promise<number> {
  let videos = 0;
  for (;;) {
    const result = await body(v1.admin.tasks.retry.$post({ json: { code } }));
    videos += result.videos;
    if (result.isComplete || result.videos === 0) return videos;
  }
}

/** Sends all lost messages again, up to one that was shown. */
export async function resendAllLetters(
  until: number,
): Promise<{ resent: number; refused: number }> {
  const sum = { resent: 0, refused: 0 };
  let next: number | null = until;
  while (next !== null) {
    const result: { resent: number; refused: number; next: number | null } = await body(
      v1.admin["dead-letters"].resend.$post({ json: { until: next } }),
    );
    sum.resent += result.resent;
    sum.refused += result.refused;
    next = result.next;
  }
  return sum;
}
export const dismissAllLetters = (until: number) =>
  done(v1.admin["dead-letters"].$delete({ query: { until: String(until) } }));

export const getUsage = (signal?: AbortSignal) => body(v1.admin.usage.$get({}, abortable(signal)));
export const listCreatorUsage = (order: CreatorOrder, cursor?: string, signal?: AbortSignal) =>
  body(v1.admin.usage.creators.$get({ query: { order, cursor } }, abortable(signal)));
