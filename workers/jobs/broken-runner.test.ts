import { env } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import {
  db,
  queuedVideo,
  ScriptedTranscoder,
  stopEverything,
  videoRow,
  work,
} from "../../tests/support/worker/transcoding.ts";
import { heldCreators } from "../db/encode-usage.ts";
import { chargeRunner, findRunner, quarantineOf, seeRunner } from "../db/runners.ts";
import { newId } from "../domain/id.ts";
import { drain } from "./drain.ts";

afterEach(stopEverything);

/** Two runners, of which the first fails at everything. */
class HalfBroken extends ScriptedTranscoder {
  readonly tasksOf = [0, 0];

  override async *run(
    ...[runner, request, signal]: Parameters<ScriptedTranscoder["run"]>
  ): ReturnType<ScriptedTranscoder["run"]> {
    this.tasksOf[runner] = (this.tasksOf[runner] ?? 0) + 1;
    if (runner === 0)
      yield {
        type: "failed",
        code: "encoder_failed",
        detail: "no space left on device",
        permanent: false,
      };
    else yield* super.run(runner, request, signal);
  }
}

test("a broken runner gets three tasks, is put into quarantine, and no video fails", async () => {
  const ids = await Promise.all(Array.from({ length: 6 }, () => queuedVideo()));
  const transcoder = new HalfBroken(2, 1);
  await work(transcoder);
  // What failed waits five seconds for its second attempt, on the other runner.
  await env.CATALOG.prepare("UPDATE tasks SET not_before = 1 WHERE not_before > 0").run();
  await work(transcoder);
  const states = await Promise.all(ids.map(async (id) => (await videoRow(id)).state));
  expect(new Set(states)).toEqual(new Set(["ready"]));
  // Two more may have been claimed while the third failure was recorded. Without the quarantine it would get all 36.
  expect(transcoder.tasksOf[0]).toBeLessThanOrEqual(6);
  const row = await findRunner(db, "container-0");
  expect(row && quarantineOf(row, Date.now())?.reason).toContain("no space left on device");
  expect(await findRunner(db, "container-1")).toMatchObject({ quarantines: 0, faults: [] });
});

test("the only transcoder of a laptop is never put into quarantine: nothing could go on without it", async () => {
  const runner = {
    id: "local-0",
    kind: "local" as const,
    version: 1,
    slots: 1,
    capabilities: { kinds: [], codecs: [] },
  };
  const now = Date.now();
  await seeRunner(db, runner, now);
  for (const taskId of ["a", "b", "c", "d", "e"])
    await chargeRunner(
      db,
      runner.id,
      { taskId, code: "encoder_failed", at: now },
      "out of memory",
      [],
    );
  const row = await findRunner(db, runner.id);
  expect(row && quarantineOf(row, now)).toBeNull();
});

test("work that runners have done counts for the creator's day, and beyond the budget the rest waits", async () => {
  await env.CATALOG.prepare("DELETE FROM runners").run();
  const ownerId = newId();
  const first = await queuedVideo(ownerId);
  const transcoder = new ScriptedTranscoder(1, 1);
  const context = (minutes: string) => ({
    env: { ...env, ENCODE_MINUTES_PER_DAY: minutes },
    db,
    transcoder,
  });
  await drain(context("0"), () => Promise.resolve());
  expect((await videoRow(first)).state).toBe("ready");
  const second = await queuedVideo(ownerId);
  // Less than the plan task takes.
  await drain(context("0.0000001"), () => Promise.resolve());
  expect((await videoRow(second)).state).toBe("processing");
  const held = await heldCreators(db, Date.now(), 100);
  expect(held.map((row) => row.ownerId)).toContain(ownerId);
});
