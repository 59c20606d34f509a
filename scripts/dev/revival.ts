import { setTimeout as wait } from "node:timers/promises";
import type { Child } from "./child.ts";
import { untilAnswer } from "./ready.ts";

/**
 * wrangler's output when one of its workerd processes has ended and it starts another one. A reload of the code does
 * not print it.
 */
export const CRASH = /The Workers runtime crashed unexpectedly/;
/** Time for the other one to respond. */
const TIMEOUT_RECOVERY_MS = 4_000;
const POLL_MS = 500;
/** Right after a crash a response may still come from the old process. */
const ANSWERS_OF_RECOVERED = 2;

export interface RevivalOptions {
  say: (line: string) => void;
  /** Whether the product is being stopped, so that nothing is restarted. */
  isStopping?: () => boolean;
  recoveryMs?: number;
}

/** Whether a URL answers with success several times in a row within some time. */
async function recovers(url: string, recoveryMs: number): Promise<boolean> {
  const signal = AbortSignal.timeout(recoveryMs);
  let answers = 0;
  while (!signal.aborted && answers < ANSWERS_OF_RECOVERED) {
    await wait(POLL_MS, undefined, { ref: false });
    const ok = await fetch(url, { signal }).then(
      async (answer) => {
        await answer.body?.cancel();
        return answer.ok;
      },
      () => false,
    );
    answers = ok ? answers + 1 : 0;
  }
  return answers === ANSWERS_OF_RECOVERED;
}

/**
 * Restarts a part of the product when wrangler reports a crash and the part does not respond soon afterwards: wrangler
 * has two workerd processes, and when the listening one ends it starts another, but never configures where it sends
 * requests.
 * @param who its name
 * @param url responds with success while the part works
 * @returns the last resort for a part that is silent for long: restarts it if it has not responded since a crash
 */
export function reviveAfterCrash(
  who: string,
  url: string,
  part: Child,
  { say, isStopping = () => false, recoveryMs = TIMEOUT_RECOVERY_MS }: RevivalOptions,
): () => void {
  let crashes = 0;
  /** Crashes after which the part has responded. */
  let settled = 0;
  let reviving: Promise<void> | undefined;

  async function startAgain(): Promise<void> {
    say(`\nThe ${who} does not answer after a crash of its runtime: it is started again.\n`);
    await part.restart();
    await untilAnswer(who, url);
    // Its processes may have ended one after another.
    settled = crashes;
    say(`\nThe ${who} was started again.\n`);
  }
  async function recover(): Promise<void> {
    while (settled < crashes && !isStopping()) {
      const seen = crashes;
      if (await recovers(url, recoveryMs)) settled = seen;
      else if (!isStopping()) await startAgain();
    }
  }
  function revive(how: () => Promise<void>): void {
    reviving ??= how()
      .catch((error: unknown) => say(String(error)))
      .finally(() => (reviving = undefined));
  }
  part.onLine((line) => {
    if (!CRASH.test(line) || isStopping()) return;
    crashes++;
    revive(recover);
  });
  return () => {
    if (settled < crashes && !isStopping()) revive(startAgain);
  };
}
