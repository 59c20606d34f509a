import type { VirtualTime } from "./virtual-time.ts";

/** Latency from sending to the consumer, without a backlog. */
const MIN_DELIVERY_MS = 50;
const MAX_DELIVERY_MS = 200;
const LOST_SHARE = 0.02;
const DUPLICATED_SHARE = 0.05;
const MAX_BATCH = 20;
const MAX_CONSUMERS = 250;
/** The runtime ends a consumer that runs longer. */
const MAX_CONSUMER_MS = 15 * 60_000;

type Consume = (bodies: readonly unknown[]) => Promise<void>;

/**
 * A Cloudflare queue in simulated time: messages are lost and delivered twice, and there is one consumer at first. Another
 * is added only when a batch ends while more wait, never during one
 * (developers.cloudflare.com/queues/configuration/consumer-concurrency).
 */
export class VirtualQueue {
  readonly counts = { sent: 0, lost: 0, duplicated: 0, batches: 0, longestBatchMs: 0, killed: 0 };
  consume: Consume = () => Promise.resolve();
  readonly #time: VirtualTime;
  readonly #random: () => number;
  readonly #waiting: unknown[] = [];
  #running = 0;
  #consumers = 1;

  constructor(time: VirtualTime, random: () => number) {
    this.#time = time;
    this.#random = random;
  }

  async send(body: unknown, { delaySeconds = 0 } = {}): Promise<void> {
    this.counts.sent++;
    if (this.#random() < LOST_SHARE) {
      this.counts.lost++;
      return;
    }
    const isDuplicated = this.#random() < DUPLICATED_SHARE;
    if (isDuplicated) this.counts.duplicated++;
    for (let copy = 0; copy < (isDuplicated ? 2 : 1); copy++) {
      const delivery = MIN_DELIVERY_MS + this.#random() * (MAX_DELIVERY_MS - MIN_DELIVERY_MS);
      this.#time.after(delaySeconds * 1000 + delivery, () => {
        this.#waiting.push(body);
        this.#dispatch();
      });
    }
  }

  async sendBatch(messages: Iterable<{ body: unknown }>): Promise<void> {
    for (const { body } of messages) await this.send(body);
  }

  #dispatch(): void {
    while (this.#running < this.#consumers && this.#waiting.length > 0) {
      this.#running++;
      this.counts.batches++;
      void this.#runBatch(this.#waiting.splice(0, MAX_BATCH));
    }
  }

  async #runBatch(bodies: readonly unknown[]): Promise<void> {
    const began = this.#time.now;
    await this.consume(bodies).catch(() => this.#waiting.push(...bodies));
    const took = this.#time.now - began;
    this.counts.longestBatchMs = Math.max(this.counts.longestBatchMs, Math.round(took));
    if (took > MAX_CONSUMER_MS) this.counts.killed++;
    this.#running--;
    this.#consumers =
      this.#waiting.length > 0
        ? Math.min(this.#consumers + 1, MAX_CONSUMERS)
        : Math.max(1, this.#consumers - 1);
    this.#dispatch();
  }
}
