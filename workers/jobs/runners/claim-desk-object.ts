import { DurableObject } from "cloudflare:workers";
import type { ClaimRequest } from "../../contract/runner-api.ts";
import type { RunnerKind } from "../../contract/runners.ts";
import { Desk } from "./claim-desk.ts";
import { createJobContext, type DeskAnswer } from "../job-context.ts";

/**
 * The one desk of a deployment. It stores nothing: it may forget what it knows about runners, and the tasks are in
 * CATALOG. Its waiting claims keep it in memory.
 */
export class ClaimDesk extends DurableObject<Env> {
  readonly #desk = new Desk(createJobContext(this.env));

  ask(kind: RunnerKind, claim: ClaimRequest): Promise<DeskAnswer> {
    return this.#desk.ask(kind, claim);
  }

  async leave(runner: string): Promise<void> {
    this.#desk.leave(runner);
  }

  /** Whether it answers (services/health.ts). */
  async ping(): Promise<void> {}

  async ring(): Promise<void> {
    this.#desk.ring();
  }
}
