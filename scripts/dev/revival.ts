import { setTimeout as wait } from "node:timers/promises";
import type { Child } from "./child.ts";
import { helpersOf } from "./helpers.ts";
import { untilAnswer } from "./ready.ts";
import { reportSilence } from "./silence.ts";

/** For wrangler to have a workerd in the place of one that ended, on a busy computer. */
const TIMEOUT_RECOVERY_MS = 10_000;
const POLL_MS = 500;
/** Right after the loss, one answer may still come from what was there before. */
const ANSWERS_OF_RECOVERED = 2;

export interface PartOptions {
  say: (line: string) => void;
  /** Whether the product is being stopped, and nothing is started again. */
  isStopping?: () => boolean;
  programs?: readonly string[];
  recoveryMs?: number;
  signal?: AbortSignal;
}

/** Whether a URL answers with success several times in a row within some time. */
async function recovers(url: string, recoveryMs: number): Promise<boolean> {
  const signal = AbortSignal.timeout(recoveryMs);
  let answers = 0;
  while (!signal.aborted && answers < ANSWERS_OF_RECOVERED) {
    const ok = await fetch(url, { signal }).then(
      async (answer) => {
        await answer.body?.cancel();
        return answer.ok;
      },
      () => false,
    );
    answers = ok ? answers + 1 : 0;
    await wait(POLL_MS, undefined, { ref: false });
  }
  return answers === ANSWERS_OF_RECOVERED;
}

/**
 * Watches a part of the product that runs. When it has lost a process that it does not recover from, or is silent for long
 * since then, it is started again.
 * Resolves when it is watched.
 * @param who its name
 * @param url answers with success while the part works
 */
export async function watchPart(
  who: string,
  url: string,
  part: Child,
  {
    say,
    isStopping = () => false,
    programs,
    recoveryMs = TIMEOUT_RECOVERY_MS,
    signal,
  }: PartOptions,
): Promise<void> {
  const helpers = helpersOf(() => part.group(), programs);
  // Wrangler's workerd that listens is a proxy: another one in its place is never told where to send requests.
  const isListener = new RegExp(`:${new URL(url).port}(?!\\d)`);
  let reviving: Promise<void> | undefined;

  async function startAgain(reason: string): Promise<void> {
    say(`\nThe ${who} ${reason}: it is started again.\n`);
    await part.restart();
    await untilAnswer(who, url).catch((error: unknown) => say(String(error)));
    // Until then it has fewer processes, which is no reason to start it once more.
    await helpers.note();
    helpers.forgetLost();
    say(`\nThe ${who} was started again.\n`);
  }
  async function revive(reason: string): Promise<void> {
    reviving ??= startAgain(reason).finally(() => (reviving = undefined));
    await reviving;
  }
  async function watchHelpers(): Promise<void> {
    for (;;) {
      const gone = await helpers.untilLost(signal);
      if (!gone || isStopping()) return;
      // Wrangler also replaces its workerd by itself, after a change of the code for example.
      const mayRecover = !isListener.test(gone.command);
      if (reviving) await reviving;
      else if (mayRecover && (await recovers(url, recoveryMs))) helpers.forgetLost();
      else if (!isStopping()) await revive(`has lost its process ${gone.program}`);
    }
  }
  await helpers.note();
  void watchHelpers();
  reportSilence(
    who,
    url,
    say,
    {
      onAnswer: () => helpers.note(),
      async revive() {
        if (reviving || isStopping() || !(await helpers.areIncomplete())) return;
        await revive("is silent since it has lost a process");
      },
    },
    signal,
  );
}
