import { setTimeout as wait } from "node:timers/promises";

/** Beyond what a busy computer takes for an answer. */
const TIMEOUT_ANSWER_MS = 15_000;
const POLL_MS = 5_000;

interface SilenceOptions {
  timeoutMs?: number;
  pollMs?: number;
  /** Starts the part again if it cannot answer any more. @returns whether it did */
  revive?: () => Promise<boolean>;
}

/**
 * Watches a part of the product: says once when it stops answering, although its process runs, and once when it answers
 * again. An error response is an answer. While it is silent, it is revived if that can help.
 * @param who its name
 * @param say receives a line
 */
export function reportSilence(
  who: string,
  url: string,
  say: (line: string) => void,
  {
    timeoutMs = TIMEOUT_ANSWER_MS,
    pollMs = POLL_MS,
    revive = () => Promise.resolve(false),
  }: SilenceOptions = {},
  signal?: AbortSignal,
): void {
  async function answers(): Promise<boolean> {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
      await response.body?.cancel();
      return true;
    } catch {
      return false;
    }
  }
  async function watch(): Promise<void> {
    let silent = false;
    while (!signal?.aborted) {
      const ok = await answers();
      if (!ok && !silent)
        say(
          `\nThe ${who} hangs: it has not answered ${url} for ${timeoutMs / 1000} s. Its lines above may tell why; Ctrl-C ends everything.\n`,
        );
      if (!ok && (await revive()))
        say(`\nA process of the ${who} was gone: the ${who} was started again.\n`);
      if (ok && silent) say(`\nThe ${who} answers again.\n`);
      silent = !ok;
      await wait(pollMs, undefined, { ref: false });
    }
  }
  void watch();
}
