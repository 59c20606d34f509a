import {
  createExecutionContext,
  createMessageBatch,
  getQueueResult,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { AudienceMessage } from "../../../workers/contract/messages.ts";
import { viewCounterOf } from "../../../workers/db/views.ts";
import { newId } from "../../../workers/domain/id.ts";
import { consume } from "../../../workers/jobs/consume.ts";
import { addUpAudience } from "../../../workers/jobs/views/keep-audience.ts";
import type { ViewCounter } from "../../../workers/jobs/views/view-counter.ts";

/** Delivers messages to the consumer of the queue and lets the cron sum them. */
export async function addUpMessages(bodies: readonly AudienceMessage[]): Promise<void> {
  const messages = bodies.map((body) => ({
    id: newId(),
    timestamp: new Date(),
    attempts: 1,
    body,
  }));
  const batch = createMessageBatch("events", messages);
  await consume(batch, env, async () => undefined);
  await getQueueResult(batch, createExecutionContext());
  await addUpAudience(env, Date.now());
}

/** Calls the counter of a video and returns the messages that it sends meanwhile. */
export async function messagesOf(
  videoId: string,
  act: (counter: ViewCounter) => Promise<void>,
): Promise<AudienceMessage[]> {
  const sent: AudienceMessage[] = [];
  const EVENTS = { send: async (message: AudienceMessage) => void sent.push(message) };
  await runInDurableObject(viewCounterOf(env, videoId), async (counter: ViewCounter) => {
    Object.assign(counter, { env: { ...env, EVENTS } });
    await act(counter);
    Object.assign(counter, { env });
  });
  return sent;
}

/** Makes what the counter of a video has counted reach its creator's analytics. */
export async function settleAudience(videoId: string): Promise<void> {
  await addUpMessages(await messagesOf(videoId, (counter) => counter.flush()));
}
