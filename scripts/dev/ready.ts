import { setTimeout as wait } from "node:timers/promises";

/** Long enough for two workerd and a transcoder on a cold, busy computer. */
const TIMEOUT_MS = 120_000;
const REQUEST_TIMEOUT_MS = 5_000;
const POLL_MS = 200;

/**
 * Polls a URL until it answers with success.
 * @param who its name in the error
 * @throws Error after two minutes (a Worker that does not compile keeps running)
 */
export async function untilAnswer(who: string, url: string): Promise<void> {
  const end = performance.now() + TIMEOUT_MS;
  while (performance.now() < end) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }).then(
      async (answer) => {
        await answer.body?.cancel();
        return answer.ok;
      },
      () => false,
    );
    if (ok) return;
    await wait(POLL_MS);
  }
  throw new Error(`The ${who} does not answer at ${url}: see its lines above.`);
}
