import { describe, expect, test } from "vitest";
import { afterFault, isCommonFault, type RunnerHealth, withoutFault } from "./runner-health.ts";
import { LEASE_MS } from "./task-state.ts";

const HEALTHY: RunnerHealth = { faults: [], quarantines: 0 };
const MINUTE_MS = 60_000;

/** Applies the faults one after another. */
function after(faults: [taskId: string, code: string, at: number][], start = HEALTHY) {
  let health = start;
  let quarantine = null;
  for (const [taskId, code, at] of faults)
    ({ health, quarantine } = afterFault(health, { taskId, code, at }, "no space left on device"));
  return { health, quarantine };
}

describe("a runner is quarantined", () => {
  test("after three different tasks in a row, and says why", () => {
    const two = after([
      ["a", "encoder_failed", 1],
      ["b", "encoder_failed", 2],
    ]);
    expect(two.quarantine).toBeNull();
    expect(after([["c", "storage_failed", 3]], two.health).quarantine).toEqual({
      since: 3,
      until: 3 + 15 * MINUTE_MS,
      reason: "3 tasks in a row failed on this runner: storage_failed. no space left on device",
    });
  });

  test("for twice as long after one more failure following a quarantine, for a day at most", () => {
    const again = (quarantines: number) =>
      after([["d", "encoder_failed", 0]], { faults: [], quarantines }).quarantine?.until;
    expect([again(1), again(2), again(30)]).toEqual([
      30 * MINUTE_MS,
      60 * MINUTE_MS,
      24 * 60 * MINUTE_MS,
    ]);
  });
});

describe("a runner is not quarantined", () => {
  test("for a task that fails again and again", () => {
    const times = [1, 2, 3, 4];
    expect(after(times.map((at) => ["a", "encoder_failed", at])).quarantine).toBeNull();
  });

  test("for a single crash that ends all of its tasks", () => {
    const tasks = ["a", "b", "c", "d"];
    expect(after(tasks.map((id, at) => [id, "lease_expired", at])).health.faults).toHaveLength(1);
  });

  test("unless it crashes three times", () => {
    const tasks = ["a", "b", "c"];
    const deaths = after(tasks.map((id, at) => [id, "lease_expired", at * LEASE_MS]));
    expect(deaths.quarantine).not.toBeNull();
  });

  test("for a task that also failed elsewhere", () => {
    const { health } = after([
      ["a", "encoder_failed", 1],
      ["b", "encoder_failed", 2],
    ]);
    const { quarantine } = after([["c", "encoder_failed", 3]], withoutFault(health, "a"));
    expect(quarantine).toBeNull();
  });

  test("while half of the runners are in quarantine, since then the cause lies elsewhere", () => {
    expect([isCommonFault(1, 0), isCommonFault(4, 1), isCommonFault(4, 2)]).toEqual([
      false,
      false,
      true,
    ]);
  });
});
