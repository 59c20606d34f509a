import { createJobContext } from "./context.ts";
import { drain } from "./drain.ts";
import { handleEvents } from "./events.ts";

/** The consumer of every queue. What it throws, the queue delivers again. */
export async function consume(batch: MessageBatch, env: Env): Promise<void> {
  switch (batch.queue) {
    // A ticket carries nothing: however many came, one look at D1 tells what to do. When its time is up it calls
    // the consumer of the other queue, since `wrangler dev` runs the batches of one queue one after another.
    case "transcode-urgent":
      return drain(createJobContext(env), () => env.TRANSCODE_BULK.send({ kind: "wake" }));
    case "transcode-bulk":
      return drain(createJobContext(env), () => env.TRANSCODE_URGENT.send({ kind: "wake" }));
    case "events":
      return handleEvents(batch, env);
    default:
      throw new Error(`No consumer is known for the queue ${batch.queue}.`);
  }
}
