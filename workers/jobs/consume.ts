import { runBatch } from "../db/client.ts";
import { promoteDue } from "../db/transcoding/claim.ts";
import { asInvocation } from "../services/invocation.ts";
import { handleDeadLetters } from "./dead-letters.ts";
import { handleEvents } from "./events.ts";
import { createJobContext } from "./job-context.ts";
import { wakeRunners } from "./tasks/wake.ts";
import { handOverWorkerTasks } from "./tasks/worker-tasks.ts";

/** The desk and the cron see to the rest. */
const PROMOTIONS_PER_MESSAGE = 50;

/**
 * The queue as named in wrangler.toml: in an instance with another name, queue names have the instance's name as
 * prefix.
 */
const productQueue = (name: string): string =>
  /(?:^|-)((?:transcode|events|checksums)(?:-dead)?)$/.exec(name)?.[1] ?? name;

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
  const queue = productQueue(batch.queue);
  switch (queue) {
    // A wake message carries no work: one query shows what to do, however many messages came. It only wakes: it
    // does no task and waits for none.
    case "transcode": {
      const context = createJobContext(env);
      const now = Date.now();
      // The message of a task that waited for a retry comes when its wait is over.
      await runBatch(context.db, [promoteDue(context.db, now, PROMOTIONS_PER_MESSAGE)]);
      await wakeRunners(context, now);
      return handOverWorkerTasks(context);
    }
    case "events":
    case "checksums":
      return handleEvents(batch, env, purgeCache);
    case "transcode-dead":
    case "events-dead":
    case "checksums-dead":
      return handleDeadLetters({ queue, messages: batch.messages }, env);
    default:
      throw new Error(`There is no consumer for the queue ${batch.queue}.`);
  }
}
