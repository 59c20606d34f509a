import type { ClaimRequest } from "../../workers/contract/runner-api.ts";
import type { RunnerKind } from "../../workers/contract/runners.ts";
import { Desk } from "../../workers/jobs/runners/claim-desk.ts";
import type { DeskAnswer, JobContext } from "../../workers/jobs/job-context.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Latency of one way between the Worker and a Durable Object in the same data centre. */
const HOP_MS = 2;

/** The Durable Object with the product's desk. A deploy replaces it: its memory is lost, and calls to it break off. */
export class VirtualDesk {
  readonly #time: VirtualTime;
  readonly #context: () => JobContext;
  readonly #asking = new Set<string>();
  #desk: Desk;
  #end = Promise.withResolvers<never>();

  constructor(time: VirtualTime, context: () => JobContext) {
    this.#time = time;
    this.#context = context;
    this.#desk = new Desk(context());
    this.#end.promise.catch(() => undefined);
  }

  async ask(kind: RunnerKind, claim: ClaimRequest): Promise<DeskAnswer> {
    await this.#time.sleep(HOP_MS);
    this.#asking.add(claim.runner);
    const answer = await Promise.race([this.#desk.ask(kind, claim), this.#end.promise]);
    this.#asking.delete(claim.runner);
    await this.#time.sleep(HOP_MS);
    return answer;
  }

  async leave(runner: string): Promise<void> {
    await this.#time.sleep(HOP_MS);
    this.#desk.leave(runner);
    await this.#time.sleep(HOP_MS);
  }

  async ring(): Promise<void> {
    await this.#time.sleep(HOP_MS);
    this.#desk.ring();
    await this.#time.sleep(HOP_MS);
  }

  reset(): void {
    for (const runner of this.#asking) this.#desk.leave(runner);
    this.#asking.clear();
    this.#desk = new Desk(this.#context());
    this.#end.reject(new Error("Durable Object reset because its code was updated."));
    this.#end = Promise.withResolvers<never>();
    this.#end.promise.catch(() => undefined);
  }
}
