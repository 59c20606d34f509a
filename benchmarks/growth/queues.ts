import { createMessageBatch } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { consume } from "../../workers/jobs/consume.ts";

type Name = "events" | "checksums";

/** Queues that deliver on demand, because a real one would deliver by the computer's clock. */
export class ManualQueues {
  readonly #messages: { name: Name; body: unknown }[] = [];
  #delivered = 0;

  /** Replaces the queues of the Worker. Wake messages go nowhere: the simulation looks for tasks itself. */
  install(): void {
    const nowhere = { send: async () => {}, sendBatch: async () => {} };
    for (const [name, queue] of Object.entries(env))
      // A service binding has a method for every name.
      if ((queue as object).constructor.name === "WorkerQueue")
        Object.assign(env, { [name]: nowhere });
    Object.assign(env, { EVENTS: this.#queue("events"), CHECKSUMS: this.#queue("checksums") });
  }

  #queue(name: Name) {
    const send = async (body: unknown) => void this.#messages.push({ name, body });
    const sendBatch = async (requests: MessageSendRequest[]) => {
      for (const { body } of requests) await send(body);
    };
    return { send, sendBatch };
  }

  /**
   * Delivers every message, including those sent while handling one.
   * @param isLost whether the queue loses a message
   */
  async deliver(isLost: () => boolean): Promise<void> {
    for (let next = this.#messages.shift(); next; next = this.#messages.shift()) {
      if (isLost()) continue;
      const id = String(this.#delivered++);
      const message = { id, timestamp: new Date(), attempts: 1, body: next.body };
      await consume(createMessageBatch(next.name, [message]), env, async () => {});
    }
  }
}
