import { AsyncLocalStorage } from "node:async_hooks";

interface Waiting {
  actor: string;
  operation: string;
  proceed: (fate: Fate) => void;
}

/** What becomes of a call: it is done; its answer is lost; or its caller dies before or after it. */
type Fate = "done" | "answer lost" | "killed before" | "killed after";

const never = () => new Promise<never>(() => {});

/**
 * Runs actors one call at a time, in an order that a seed decides. Every call of a database or a storage waits at the gate
 * until all actors that still run have arrived there; then one of them is let through.
 */
export class Interleaver {
  /** `actor: call`, in the order in which the calls happened. */
  readonly trace: string[] = [];
  readonly #random: () => number;
  readonly #current = new AsyncLocalStorage<string>();
  readonly #faultShare: number;
  readonly #running = new Set<string>();
  readonly #waiting: Waiting[] = [];
  #changed = Promise.withResolvers<void>();

  /** @param faultShare share of calls whose answer is lost or whose caller dies */
  constructor(random: () => number, faultShare: number) {
    this.#random = random;
    this.#faultShare = faultShare;
  }

  /** A wrapper of calls that lets each happen when it is its turn. Calls outside of actors happen at once. */
  async call<T>(operation: string, perform: () => Promise<T>): Promise<T> {
    const actor = this.#current.getStore();
    if (actor === undefined) return perform();
    const fate = await new Promise<Fate>((proceed) => {
      this.#waiting.push({ actor, operation, proceed });
      this.#notify();
    });
    if (fate === "killed before") return this.#die(actor);
    const result = await perform();
    if (fate === "killed after") return this.#die(actor);
    if (fate === "answer lost") throw new Error("Network connection lost.");
    return result;
  }

  /** Runs the actors to their ends. @returns the outcome of those that were not killed */
  async run(
    actors: Record<string, () => Promise<unknown>>,
  ): Promise<Map<string, PromiseSettledResult<unknown>>> {
    const outcomes = new Map<string, PromiseSettledResult<unknown>>();
    for (const [name, act] of Object.entries(actors)) {
      this.#running.add(name);
      void this.#current.run(name, async () => {
        const [outcome] = await Promise.allSettled([act()]);
        outcomes.set(name, outcome);
        this.#end(name);
      });
    }
    while (this.#running.size > 0) {
      const arrived = new Set(this.#waiting.map(({ actor }) => actor));
      if ([...this.#running].some((name) => !arrived.has(name))) {
        await this.#changed.promise;
        continue;
      }
      this.#letOneThrough();
    }
    return outcomes;
  }

  #letOneThrough(): void {
    const [next] = this.#waiting.splice(Math.floor(this.#random() * this.#waiting.length), 1);
    if (!next) return;
    const fate = this.#fate();
    this.trace.push(
      `${next.actor}: ${next.operation}${fate === "done" ? "" : ` (${fate.toUpperCase()})`}`,
    );
    next.proceed(fate);
  }

  #fate(): Fate {
    if (this.#random() >= this.#faultShare) return "done";
    const fates = ["answer lost", "killed before", "killed after"] as const;
    return fates[Math.floor(this.#random() * fates.length)] ?? "done";
  }

  #die(actor: string): Promise<never> {
    this.#end(actor);
    return never();
  }

  #end(actor: string): void {
    this.#running.delete(actor);
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
