import { asInvocation } from "../services/invocation.ts";
import { handleDeadLetters } from "./dead-letters.ts";
import { drain } from "./drain.ts";
import { handleEvents } from "./events.ts";
import { createJobContext } from "./job-context.ts";

/**
 * The consumer of every queue. The queue delivers a message again when this throws.
 * @param purgeCache drops the cached responses that show a video
 */
export function consume(
  batch: MessageBatch,
  env: Env,
  purgeCache: (videoId: string) => Promise<void>,
): Promise<void> {
  return asInvocation(`queue ${batch.queue}`, () => dispatch(batch, env, purgeCache));
}

async function dispatch(
  batch: MessageBatch,
  env: Env,
  purgeCache: (videoId: string) => Promise<void>,
): Promise<void> {
  switch (batch.queue) {
    // A wake message carries no work: one query tells what to do, however many messages came. When its time is up, a
    // consumer wakes one of the other queue, because `wrangler dev` runs the batches of one queue one after another.
    case "transcode-urgent":
      return drain(createJobContext(env), () => env.TRANSCODE_BULK.send({ kind: "wake" }));
    case "transcode-bulk":
      return drain(createJobContext(env), () => env.TRANSCODE_URGENT.send({ kind: "wake" }));
    case "events":
    case "checksums":
      return handleEvents(batch, env, purgeCache);
    case "transcode-urgent-dead":
    case "transcode-bulk-dead":
    case "events-dead":
    case "checksums-dead":
      return handleDeadLetters(batch, env);
    default:
      throw new Error(`There is no consumer for the queue ${batch.queue}.`);
  }
}
