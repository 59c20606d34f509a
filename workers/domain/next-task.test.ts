import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  allSlots,
  type RunnableTask,
  freeSlots,
  nextTask,
  type RunningTask,
  type SchedulerState,
} from "./next-task.ts";
import { PRIORITIES } from "./task-order.ts";

function runnableTask(change: Partial<RunnableTask>): RunnableTask {
  return {
    taskId: "t",
    ownerId: "ada",
    priority: "later-video",
    since: 0,
    isExtra: false,
    needsSlot: true,
    ...change,
  };
}
function running(ownerId: string, runner: number, slot = 0): RunningTask {
  return {
    ownerId,
    slot: { runner, slot },
  };
}
const next = (state: Partial<SchedulerState>) =>
  nextTask({ slots: allSlots(4, 1), running: [], runnable: [], ...state });

describe("which task is next", () => {
  const cases: [string, Partial<SchedulerState>, string | undefined][] = [
    ["nothing, when nothing is queued", {}, undefined],
    [
      "an urgent task before an older one",
      {
        runnable: [
          runnableTask({ taskId: "old" }),
          runnableTask({ taskId: "new", since: 9, priority: "first-video" }),
        ],
      },
      "new",
    ],
    [
      "the task of the creator with the fewest running tasks",
      {
        running: [running("ada", 0), running("ada", 1), running("bob", 2)],
        runnable: [
          runnableTask({ taskId: "a" }),
          runnableTask({ taskId: "b", ownerId: "bob", since: 9 }),
        ],
      },
      "b",
    ],
    [
      "a task that makes a video ready before the extras of an older one",
      {
        runnable: [
          runnableTask({ taskId: "extra", isExtra: true }),
          runnableTask({
            taskId: "required",
            since: 9,
            ownerId: "bob",
            priority: "download-renditions",
          }),
        ],
        running: [running("bob", 0)],
      },
      "required",
    ],
    [
      "the task of the oldest transcode among equals",
      {
        runnable: [
          runnableTask({ taskId: "young", since: 9 }),
          runnableTask({ taskId: "old", since: 1, priority: "download-renditions" }),
        ],
      },
      "old",
    ],
    [
      "the task with the higher priority among transcodes of the same age",
      {
        runnable: [
          runnableTask({ taskId: "later", priority: "second-codec" }),
          runnableTask({ taskId: "sooner", priority: "downloads" }),
        ],
      },
      "sooner",
    ],
    [
      "not the urgent task of a creator who already has a fair share",
      {
        running: [running("ada", 0), running("ada", 1)],
        runnable: [
          runnableTask({ taskId: "urgent", priority: "first-video" }),
          runnableTask({ taskId: "waiting", ownerId: "bob", since: 9 }),
        ],
      },
      "waiting",
    ],
    [
      "the Worker's own task first",
      {
        runnable: [
          runnableTask({ taskId: "urgent", priority: "first-video" }),
          runnableTask({ taskId: "finish", needsSlot: false }),
        ],
      },
      "finish",
    ],
    [
      "the Worker's own task even when every slot is taken",
      {
        slots: allSlots(1, 1),
        running: [running("ada", 0)],
        runnable: [
          runnableTask({ taskId: "urgent", priority: "first-video" }),
          runnableTask({ taskId: "finish", needsSlot: false }),
        ],
      },
      "finish",
    ],
    [
      "none, when every slot is taken",
      { slots: allSlots(1, 1), running: [running("ada", 0)], runnable: [runnableTask({})] },
      undefined,
    ],
  ];
  test.each(cases)("%s", (_name, state, expected) => {
    expect(next(state)?.taskId).toBe(expected);
  });
});

test("tasks spread over the runners before they share one", () => {
  const slots = allSlots(2, 2);
  const taken: RunningTask[] = [];
  const order = slots.map(() => {
    const assignment = nextTask({ slots, running: taken, runnable: [runnableTask({})] });
    taken.push({ ownerId: "ada", slot: assignment?.slot ?? null });
    return assignment?.slot?.runner;
  });
  expect(order).toEqual([0, 1, 0, 1]);
});

const owners = fc.constantFrom("ada", "bob", "cleo");
const states = fc
  .record({
    runners: fc.integer({ min: 0, max: 4 }),
    perRunner: fc.integer({ min: 1, max: 3 }),
    // null: a slot is free.
    occupants: fc.array(fc.option(owners), { minLength: 12, maxLength: 12 }),
    queued: fc.array(
      fc.record({
        ownerId: owners,
        priority: fc.constantFrom(...PRIORITIES),
        since: fc.nat(5),
        isExtra: fc.boolean(),
        needsSlot: fc.boolean(),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ runners, perRunner, occupants, queued }): SchedulerState => {
    const slots = allSlots(runners, perRunner);
    const taken = slots.flatMap((slot, index) => {
      const ownerId = occupants[index];
      return ownerId ? [{ ownerId, slot }] : [];
    });
    const runnable = queued.map((task, index) => ({ taskId: `t${index}`, ...task }));
    return { slots, running: taken, runnable };
  });

test("a task is given a free slot, and only a runnable task is chosen", () => {
  fc.assert(
    fc.property(states, (state) => {
      const assignment = nextTask(state);
      if (!assignment) return;
      const chosen = state.runnable.find(({ taskId }) => taskId === assignment.taskId);
      expect(chosen).toBeDefined();
      if (chosen?.needsSlot)
        expect(freeSlots(state.slots, state.running)).toContainEqual(assignment.slot);
      else expect(assignment.slot).toBeNull();
    }),
  );
});

test("no slot stays free while a task waits, on a small deployment", () => {
  fc.assert(
    fc.property(states, (state) => {
      const free = freeSlots(state.slots, state.running).length > 0;
      const startable = state.runnable.some((task) => free || !task.needsSlot);
      expect(nextTask(state) !== null).toBe(startable);
    }),
  );
});

test("a large deployment keeps one slot in twenty free for urgent work", () => {
  const slots = allSlots(40, 1);
  const busy = (count: number) =>
    Array.from({ length: count }, (_, runner) => running("ada", runner));
  const bulk = runnableTask({ taskId: "chunk" });
  const urgent = runnableTask({ taskId: "plan", ownerId: "bob", priority: "first-video" });
  expect(nextTask({ slots, running: busy(37), runnable: [bulk] })?.taskId).toBe("chunk");
  expect(nextTask({ slots, running: busy(38), runnable: [bulk] })).toBeNull();
  expect(nextTask({ slots, running: busy(38), runnable: [bulk, urgent] })?.taskId).toBe("plan");
  expect(nextTask({ slots, running: busy(40), runnable: [bulk, urgent] })).toBeNull();
});

test("a creator below the fair share is never passed over for one above it", () => {
  fc.assert(
    fc.property(states, (state) => {
      const assignment = nextTask(state);
      const chosen = state.runnable.find(({ taskId }) => taskId === assignment?.taskId);
      if (!chosen?.needsSlot) return;
      const load = (owner: string) => state.running.filter((task) => task.ownerId === owner).length;
      const everyone = new Set([...state.runnable, ...state.running].map(({ ownerId }) => ownerId));
      const share = state.slots.length / everyone.size;
      if (load(chosen.ownerId) < share) return;
      // An extra waits for every task that makes a video ready, whoever owns that.
      const rivals = state.runnable.filter(({ isExtra }) => chosen.isExtra || !isExtra);
      for (const { ownerId } of rivals)
        expect(load(ownerId)).toBeGreaterThanOrEqual(load(chosen.ownerId));
    }),
  );
});

test("the order of the runnable tasks does not matter, except among equals", () => {
  fc.assert(
    fc.property(states, (state) => {
      const rank = (runnable: readonly RunnableTask[]) => {
        const assignment = nextTask({ ...state, runnable });
        const task = runnable.find(({ taskId }) => taskId === assignment?.taskId);
        if (!task) return null;
        const load = state.running.filter(({ ownerId }) => ownerId === task.ownerId).length;
        return [load, task.priority, task.since, task.needsSlot];
      };
      expect(rank(state.runnable.toReversed())).toEqual(rank(state.runnable));
    }),
  );
});
