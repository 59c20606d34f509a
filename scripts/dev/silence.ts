import { setTimeout as wait } from "node:timers/promises";

/** Longer than a busy computer takes to respond. */
const TIMEOUT_ANSWER_MS = 15_000;
const POLL_MS = 5_000;
const REVIVE_AFTER_MS = 45_000;

export interface SilenceOptions {
  timeoutMs?: number;
  pollMs?: number;
  /** Restarts the part if it can no longer respond. */
  revive?: () => void;
  /** How long it must have been silent before that. */
  reviveAfterMs?: number;
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
    revive = () => {},
    reviveAfterMs = REVIVE_AFTER_MS,
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
    let answeredAt = performance.now();
    while (!signal?.aborted) {
      const ok = await answers();
      if (ok) answeredAt = performance.now();
      const silentMs = performance.now() - answeredAt;
      if (!ok && !silent && silentMs >= timeoutMs) {
        silent = true;
        say(
          `\nThe ${who} hangs: it has not answered ${url} for ${timeoutMs / 1000} s. Its lines above may tell why; Ctrl-C ends everything.\n`,
        );
      }
      if (!ok && silentMs > reviveAfterMs) revive();
      if (ok && silent) {
        silent = false;
        say(`\nThe ${who} answers again.\n`);
      }
      await wait(pollMs, undefined, { ref: false });
    }
  }
  void watch();
}
