import type { ClaimRequest } from "../../contract/runner-api.ts";
import type { RunnerKind } from "../../contract/runners.ts";
import { isTransient, runBatch } from "../../db/client.ts";
import {
  type ClaimedRow,
  type Look,
  lookForTasks,
  promoteDue,
} from "../../db/transcoding/claim.ts";
import { handBack } from "../../db/transcoding/tasks.ts";
import { LIMITS } from "../../domain/limits.ts";
import { log } from "../../log.ts";
import type { DeskAnswer, JobContext } from "../job-context.ts";
import { recoverExpired } from "../tasks/recover.ts";
import { admitRunner, fleetSlots } from "./runner-work.ts";

/** While nothing may start, the desk looks less and less often. */
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 1000;
const PAUSE_GROWTH = 1.3;
/** The least time between two queries, even if a runner comes or the bell rings. */
const MIN_GAP_MS = 50;
/** How often the desk checks for tasks whose wait for a retry is over, and for expired leases. */
const PROMOTE_INTERVAL_MS = 1000;
const PROMOTIONS_PER_LOOK = 50;
const RECOVER_INTERVAL_MS = 10_000;
/** Runners for which the desk claims with one look: each takes from another lane or creator. */
const MAX_CLAIMS_AT_ONCE = 8;
/** How long a known runner may wait before the desk reads its record again. */
const MAX_UNSEEN_WAIT_MS = 1500;
/** How long the number of slots outside of containers is cached. */
const FLEET_TTL_MS = 10_000;
/** How long a runner that gets no work waits for that response, so that it does not ask continuously. */
const MAX_REFUSAL_MS = 10_000;
const OUTAGE_PAUSE_MS = 1000;

interface Waiter {
  kind: RunnerKind;
  claim: ClaimRequest;
  /** The runner's description of itself: it is recorded only if it has changed. */
  introduction: string;
  isAdmitted: boolean;
  /** When it will be admitted, unless it gets a task before. */
  admitAt: number;
  /** The desk has not queried for it yet. */
  isNew: boolean;
  until: number;
  answer: (answer: DeskAnswer) => void;
}

const NOTHING: Look = { task: null, isBusy: false, isOpen: false };
const WAIT: DeskAnswer = { type: "wait", pauseMs: 0 };

/**
 * Where runners wait for work (docs/decisions/524-claim-desk.md). It claims on their behalf, so that they do not race
 * for the same task, and while nothing may start it queries once for all runners with the same capabilities.
 */
export class Desk {
  readonly #context: JobContext;
  /** By runner, in the order in which they came. */
  readonly #waiters = new Map<string, Waiter>();
  /** The claim of each runner that is not answered yet. */
  readonly #newest = new Map<string, ClaimRequest>();
  /** Introductions of runners that got a task here, by runner. */
  readonly #known = new Map<string, string>();
  #isServing = false;
  #lookedAt = 0;
  /** Ends the pause. */
  #endPause: () => void = () => undefined;
  /** There may be work for waiting runners that the desk has not checked yet. */
  #hasNews = false;
  #fleet = { slots: 0, until: 0 };
  #promotedAt = 0;
  #recoveredAt = 0;

  constructor(context: JobContext) {
    this.#context = context;
  }

  /**
   * Waits for a task, as long as the claim says. A runner asks for one task at a time: a new claim ends its earlier
   * one.
   */
  async ask(kind: RunnerKind, claim: ClaimRequest): Promise<DeskAnswer> {
    this.#dismiss(claim.runner);
    const { version, capabilities, slots } = claim;
    const introduction = JSON.stringify([kind, version, capabilities, slots]);
    const isKnown = claim.unfit === null && this.#known.get(claim.runner) === introduction;
    try {
      this.#newest.set(claim.runner, claim);
      const refusal = isKnown ? null : await this.#admit(kind, claim);
      if (refusal) return refusal;
      // It has left in the meantime, or asked again.
      if (this.#newest.get(claim.runner) !== claim) return WAIT;
      const { promise, resolve: answer } = Promise.withResolvers<DeskAnswer>();
      const until = Date.now() + claim.waitSeconds * 1000;
      const admitAt = isKnown ? Date.now() + MAX_UNSEEN_WAIT_MS : 0;
      const waiter = {
        kind,
        claim,
        introduction,
        isAdmitted: !isKnown,
        admitAt,
        isNew: true,
        until,
        answer,
      };
      this.#waiters.set(claim.runner, waiter);
      this.#endPause();
      if (!this.#isServing) void this.#serve();
      return await promise;
    } catch (error) {
      return afterError(error);
    } finally {
      if (this.#newest.get(claim.runner) === claim) this.#newest.delete(claim.runner);
    }
  }

  /** A runner stops or has ended: it no longer waits, and introduces itself when it returns. */
  leave(runner: string): void {
    this.#known.delete(runner);
    this.#dismiss(runner);
  }

  #dismiss(runner: string): void {
    this.#newest.delete(runner);
    this.#waiters.get(runner)?.answer(WAIT);
    this.#waiters.delete(runner);
  }

  /** There is new work: queries at once for all waiting runners. */
  ring(): void {
    this.#hasNews = true;
    this.#endPause();
  }

  /** The response to a runner that gets no work; null if it may get some. */
  async #admit(kind: RunnerKind, claim: ClaimRequest): Promise<DeskAnswer | null> {
    this.#known.delete(claim.runner);
    const refusal = await admitRunner(this.#context, kind, claim, Date.now());
    // Its slots may be new.
    this.#fleet.until = 0;
    if (refusal?.type !== "wait") return refusal?.type === "exit" ? refusal : null;
    return { type: "wait", pauseMs: Math.min(claim.waitSeconds * 1000, MAX_REFUSAL_MS) };
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    try {
      for (let pause = FIRST_PAUSE_MS, dueAt = 0; this.#waiters.size > 0;) {
        const { promise: bell, resolve } = Promise.withResolvers<void>();
        this.#endPause = resolve;
        await this.#endOfGap();
        const isForAll = this.#hasNews || Date.now() >= dueAt;
        this.#hasNews = false;
        const isServed = await this.#serveAll(isForAll);
        if (isForAll) {
          pause = isServed ? FIRST_PAUSE_MS : Math.min(pause * PAUSE_GROWTH, MAX_PAUSE_MS);
          dueAt = Date.now() + pause;
        }
        if (this.#waiters.size > 0)
          await Promise.race([scheduler.wait(Math.max(0, dueAt - Date.now())), bell]);
      }
    } finally {
      this.#isServing = false;
    }
  }

  /** In a large busy fleet, runners share each query: those that come in the meantime are served together. */
  async #endOfGap(): Promise<void> {
    const rest = this.#lookedAt + MIN_GAP_MS - Date.now();
    if (rest > 0) await new Promise<void>((resolve) => setTimeout(resolve, rest));
    this.#lookedAt = Date.now();
  }

  /**
   * Queries once for all waiting runners, or only for new ones: if a slot is free because its runner is about to ask
   * again, the others leave it to that runner.
   * @returns whether any runner got a task
   */
  async #serveAll(isForAll: boolean): Promise<boolean> {
    const waiters = [...this.#waiters.values()].filter(({ isNew }) => isForAll || isNew);
    for (const waiter of waiters) waiter.isNew = false;
    const groups = Object.values(
      Object.groupBy(waiters, ({ claim }) => JSON.stringify(claim.capabilities)),
    );
    let isServed = false;
    for (const group of groups) if (await this.#serveGroup(group ?? [])) isServed = true;
    return isServed;
  }

  /** Serves runners with the same capabilities until nothing may start any more. */
  async #serveGroup(group: readonly Waiter[]): Promise<boolean> {
    let isServed = false;
    for (let rest = group; ;) {
      const wave = rest.slice(0, MAX_CLAIMS_AT_ONCE);
      const looks = await this.#look(wave);
      const given = wave.flatMap((waiter, index) => {
        const { task, isBusy } = looks[index] ?? NOTHING;
        return task ? [this.#give(waiter, task, isBusy)] : [];
      });
      await Promise.all(given);
      if (given.length > 0) isServed = true;
      // They must not get the tasks that were next for them.
      const missed = wave.filter((_, index) => looks[index]?.isOpen && !looks[index]?.task);
      if (given.length === 0 && missed.length === 0) break;
      rest = rest.filter((waiter) => this.#isWaiting(waiter) && !missed.includes(waiter));
    }
    await Promise.all(group.map((waiter) => this.#letWait(waiter)));
    return isServed;
  }

  /** One query for some waiting runners; none gets a response if D1 gives none. */
  async #look(wave: readonly Waiter[]): Promise<Look[]> {
    try {
      await this.#doUpkeep();
      const common = { fleetSlots: this.#fleet.slots, now: Date.now() };
      return await lookForTasks(
        this.#context.db,
        wave.map(({ claim: { runner, capabilities, slots, held }, isAdmitted }) => ({
          ...{ runner, capabilities, slots, ...common },
          ...(!isAdmitted && { held: held.map(({ taskId: id, attempt }) => ({ id, attempt })) }),
        })),
      );
    } catch (error) {
      for (const waiter of wave) this.#answer(waiter, afterError(error));
      return [];
    }
  }

  async #give(waiter: Waiter, task: ClaimedRow, isBusy: boolean): Promise<void> {
    if (this.#isWaiting(waiter)) {
      this.#remember(waiter);
      return this.#answer(waiter, { type: "task", task, isBusy });
    }
    // It has left while the desk claimed for it.
    const { db } = this.#context;
    await runBatch(db, [handBack(db, task)]).catch(told);
  }

  /** There is nothing for a waiter now. */
  async #letWait(waiter: Waiter): Promise<void> {
    const { kind, claim, isAdmitted, admitAt, until } = waiter;
    const now = Date.now();
    if (!this.#isWaiting(waiter) || now < Math.min(admitAt, until)) return;
    if (isAdmitted) {
      if (now >= until) this.#answer(waiter, WAIT);
      return;
    }
    // It was admitted because it is known. Before it waits for long, it is checked like any other.
    waiter.isAdmitted = true;
    const refusal = await this.#admit(kind, claim).catch(afterError);
    if (refusal) this.#answer(waiter, refusal);
  }

  #isWaiting(waiter: Waiter): boolean {
    return this.#waiters.get(waiter.claim.runner) === waiter;
  }

  #answer(waiter: Waiter, answer: DeskAnswer): void {
    if (this.#isWaiting(waiter)) this.#waiters.delete(waiter.claim.runner);
    waiter.answer(answer);
  }

  #remember({ claim, introduction }: Waiter): void {
    if (this.#known.size >= LIMITS.runners) this.#known.clear();
    this.#known.set(claim.runner, introduction);
  }

  /** Periodic work while runners wait. The cron alone would take up to a minute. */
  async #doUpkeep(): Promise<void> {
    const context = this.#context;
    const now = Date.now();
    if (now >= this.#fleet.until)
      this.#fleet = { slots: await fleetSlots(context, now), until: now + FLEET_TTL_MS };
    if (now - this.#promotedAt >= PROMOTE_INTERVAL_MS) {
      this.#promotedAt = now;
      await runBatch(context.db, [promoteDue(context.db, now, PROMOTIONS_PER_LOOK)]);
    }
    if (now - this.#recoveredAt >= RECOVER_INTERVAL_MS) {
      this.#recoveredAt = now;
      await recoverExpired(context).catch((error: unknown) =>
        log("sweep.failed", { step: "leases", error }),
      );
    }
  }
}

/** The runner asks again in a moment. */
function afterError(error: unknown): DeskAnswer {
  told(error);
  return { type: "wait", pauseMs: OUTAGE_PAUSE_MS };
}

/** An error that does not come from the database is a bug. */
function told(error: unknown): void {
  if (!isTransient(error)) log("request.failed", { error });
}
