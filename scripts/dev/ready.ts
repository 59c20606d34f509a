import { setTimeout as wait } from "node:timers/promises";

/** Milliseconds: two workerd and a transcoder on a cold, busy machine. */
const PATIENCE = 120_000;

/**
 * Asks every 200 ms until the address answers with success.
 * @param who names it in the error
 * @throws Error when it does not within two minutes (a Worker that does not compile keeps running)
 */
export async function untilAnswer(who: string, url: string): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
      async (answer) => {
        await answer.body?.cancel();
        return answer.ok;
      },
      () => false,
    );
    if (ok) return;
    await wait(200);
  }
  throw new Error(`The ${who} does not answer at ${url}: see its lines above.`);
}
