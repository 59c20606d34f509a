import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { catalog } from "./client.ts";
import { taskGauges } from "./gauges.ts";

/** Before 1970, and therefore before the tasks of all other tests, which share the database. */
const EARLY = -1_000_000;

async function insertLane(lane: string, running: number, since: number, held: number) {
  await env.CATALOG.prepare(
    "INSERT INTO lanes (owner_id, lane, running, since, priority, held) VALUES (?, ?, ?, ?, 0, ?)",
  )
    .bind(`gauges-${since}`, lane, running, since, held)
    .run();
}

test("the oldest waiting task is found across creators and lanes, without creators on hold", async () => {
  await insertLane("normal plan", 0, EARLY, 1);
  for (let creator = 0; creator < 200; creator += 1)
    await insertLane(
      creator % 2 === 0 ? "normal plan" : "urgent plan",
      creator % 5,
      EARLY + 300 - creator,
      0,
    );
  const waitingSince = async () => (await taskGauges(catalog(env), Date.now())).waitingSince;
  expect(await waitingSince()).toBe(EARLY + 101);
  await env.CATALOG.prepare("DELETE FROM lanes WHERE since < ? AND held = 0 AND lane = ?")
    .bind(EARLY + 400, "urgent plan")
    .run();
  expect(await waitingSince()).toBe(EARLY + 102);
  await env.CATALOG.prepare("DELETE FROM lanes WHERE since < ?")
    .bind(EARLY + 400)
    .run();
  const now = Date.now();
  const { results } = await env.CATALOG.prepare(
    "SELECT coalesce(min(since), ?) AS since FROM lanes WHERE held = 0",
  )
    .bind(now)
    .all();
  expect((await taskGauges(catalog(env), now)).waitingSince).toBe(results[0]?.["since"]);
});
