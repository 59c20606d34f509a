import { setTimeout as wait } from "node:timers/promises";

/** Asks every 200 ms until the address answers with success. Ends only that way: who waits also watches the process. */
export async function untilAnswer(url: string): Promise<void> {
  for (;;) {
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
}
