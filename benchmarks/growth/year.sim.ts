import { env } from "cloudflare:workers";
import { expect, inject, test, vi } from "vitest";
import { randomOf } from "../random.ts";
import { GrowingSite } from "./site.ts";
import { signByRealTime } from "./storage-clock.ts";
import { measureTables } from "./tables.ts";
import type { Month } from "./verdicts.ts";

const HOUR_MS = 3_600_000;
/** The cron runs every minute, but its work depends only on how much time has passed. */
const HOURS_PER_STEP = 120;
const STEPS_PER_MONTH = 6;

type Action = {
  [K in keyof GrowingSite]: GrowingSite[K] extends () => Promise<void> ? K : never;
}[keyof GrowingSite];

/** How often each thing happens per step, on average. */
const PER_STEP: Partial<Record<Action, number>> = {
  upload: 0.9,
  abortUpload: 0.4,
  abandonUpload: 0.4,
  edit: 0.4,
  addCaptions: 0.2,
  remove: 0.4,
  watch: 2.5,
  revoke: 0.2,
  signIn: 0.8,
  failSignIn: 0.4,
  askForReset: 0.3,
  makeToken: 0.2,
  grantApp: 0.2,
  join: 0.3,
  leave: 0.1,
};

async function countNow(): Promise<Pick<Month, "videos" | "accounts">> {
  const count = (sql: string) => env.CATALOG.prepare(sql).first<number>("n");
  return {
    videos: (await count("SELECT count(*) AS n FROM videos WHERE erased_at IS NULL")) ?? 0,
    accounts: (await count("SELECT count(*) AS n FROM user")) ?? 0,
  };
}

test("a year of the site", async ({ task }) => {
  const { seed, months, startsAt } = inject("year");
  const random = randomOf(seed);
  vi.useFakeTimers({ toFake: ["Date"], now: startsAt });
  signByRealTime();
  const site = new GrowingSite(random);
  for (let member = 0; member < 5; member++) await site.join();
  task.meta.months = [];
  for (let month = 1; month <= months; month++) {
    for (let step = 0; step < STEPS_PER_MONTH; step++) {
      for (const [action, times] of Object.entries(PER_STEP))
        for (let left = times; random() < left; left--) {
          vi.setSystemTime(Date.now() + 1_000 + random() * 60_000);
          await site[action as Action]();
        }
      // At a full hour the search cron does more.
      vi.setSystemTime((Math.ceil(Date.now() / HOUR_MS) + HOURS_PER_STEP) * HOUR_MS);
      await site.sweep();
    }
    const tables = await measureTables();
    task.meta.months.push({ month, ...(await countNow()), tables });
  }
  expect(task.meta.months).toHaveLength(months);
});
