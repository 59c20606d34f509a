import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  allSlots,
  type Candidate,
  freeSlots,
  nextTask,
  type RunningTask,
  type SchedulerState,
} from "./next-task.ts";
import { PRIORITIES } from "./task-order.ts";

const candidate = (change: Partial<Candidate>): Candidate => ({
  taskId: "t",
  ownerId: "ada",
  priority: "later-video",
  since: 0,
  isExtra: false,
  needsSlot: true,
  ...change,
});
const running = (ownerId: string, runner: number, slot = 0): RunningTask => ({
  ownerId,
  place: { runner, slot },
});
const next = (state: Partial<SchedulerState>) =>
  nextTask({ slots: allSlots(4, 1), running: [], candidates: [], ...state });

describe("which task is next", () => {
  const cases: [string, Partial<SchedulerState>, string | undefined][] = [
    ["nothing, when nothing is queued", {}, undefined],
    [
      "an urgent one before an older one",
      {
        candidates: [
          candidate({ taskId: "old" }),
          candidate({ taskId: "new", since: 9, priority: "first-video" }),
        ],
      },
      "new",
    ],
    [
      "the creator's with the fewest running tasks",
      {
        running: [running("ada", 0), running("ada", 1), running("bob", 2)],
        candidates: [
          candidate({ taskId: "a" }),
          candidate({ taskId: "b", ownerId: "bob", since: 9 }),
        ],
      },
      "b",
    ],
    [
      "what makes a video ready before an older one's extras",
      {
        candidates: [
          candidate({ taskId: "extra", isExtra: true }),
          candidate({
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
      "the oldest transcode's among equals",
      {
        candidates: [
          candidate({ taskId: "young", since: 9 }),
          candidate({ taskId: "old", since: 1, priority: "download-renditions" }),
        ],
      },
      "old",
    ],
    [
      "of one transcode's age, the one with the higher priority",
      {
        candidates: [
          candidate({ taskId: "later", priority: "second-codec" }),
          candidate({ taskId: "sooner", priority: "downloads" }),
        ],
      },
      "sooner",
    ],
    [
      "not the urgent one of a creator who already has a fair share",
      {
        running: [running("ada", 0), running("ada", 1)],
        candidates: [
          candidate({ taskId: "urgent", priority: "first-video" }),
          candidate({ taskId: "waiting", ownerId: "bob", since: 9 }),
        ],
      },
      "waiting",
    ],
    [
      "the Worker's own work first",
      {
        candidates: [
          candidate({ taskId: "urgent", priority: "first-video" }),
          candidate({ taskId: "finish", needsSlot: false }),
        ],
      },
      "finish",
    ],
    [
      "the Worker's own work even when every slot is taken",
      {
        slots: allSlots(1, 1),
        running: [running("ada", 0)],
        candidates: [
          candidate({ taskId: "urgent", priority: "first-video" }),
          candidate({ taskId: "finish", needsSlot: false }),
        ],
      },
      "finish",
    ],
    [
      "none, when every slot is taken",
      { slots: allSlots(1, 1), running: [running("ada", 0)], candidates: [candidate({})] },
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
    const assignment = nextTask({ slots, running: taken, candidates: [candidate({})] });
    taken.push({ ownerId: "ada", place: assignment?.place ?? null });
    return assignment?.place?.runner;
  });
  expect(order).toEqual([0, 1, 0, 1]);
});

const owners = fc.constantFrom("ada", "bob", "cleo");
const states = fc
  .record({
    runners: fc.integer({ min: 0, max: 4 }),
    perRunner: fc.integer({ min: 1, max: 3 }),
    // null: a place is free.
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
    const taken = slots.flatMap((place, index) => {
      const ownerId = occupants[index];
      return ownerId ? [{ ownerId, place }] : [];
    });
    const candidates = queued.map((task, index) => ({ taskId: `t${index}`, ...task }));
    return { slots, running: taken, candidates };
  });

test("a task is given a free place, and only a task that was offered", () => {
  fc.assert(
    fc.property(states, (state) => {
      const assignment = nextTask(state);
      if (!assignment) return;
      const chosen = state.candidates.find(({ taskId }) => taskId === assignment.taskId);
      expect(chosen).toBeDefined();
      if (chosen?.needsSlot)
        expect(freeSlots(state.slots, state.running)).toContainEqual(assignment.place);
      else expect(assignment.place).toBeNull();
    }),
  );
});

test("no place stays free while a task waits, on a small deployment", () => {
  fc.assert(
    fc.property(states, (state) => {
      const free = freeSlots(state.slots, state.running).length > 0;
      const startable = state.candidates.some((task) => free || !task.needsSlot);
      expect(nextTask(state) !== null).toBe(startable);
    }),
  );
});

test("a large deployment keeps one place in twenty free for urgent work", () => {
  const slots = allSlots(40, 1);
  const film = (count: number) =>
    Array.from({ length: count }, (_, runner) => running("ada", runner));
  const bulk = candidate({ taskId: "chunk" });
  const urgent = candidate({ taskId: "plan", ownerId: "bob", priority: "first-video" });
  expect(nextTask({ slots, running: film(37), candidates: [bulk] })?.taskId).toBe("chunk");
  expect(nextTask({ slots, running: film(38), candidates: [bulk] })).toBeNull();
  expect(nextTask({ slots, running: film(38), candidates: [bulk, urgent] })?.taskId).toBe("plan");
  expect(nextTask({ slots, running: film(40), candidates: [bulk, urgent] })).toBeNull();
});

test("who has less than a fair share is never passed over for someone above it", () => {
  fc.assert(
    fc.property(states, (state) => {
      const assignment = nextTask(state);
      const chosen = state.candidates.find(({ taskId }) => taskId === assignment?.taskId);
      if (!chosen?.needsSlot) return;
      const load = (owner: string) => state.running.filter((task) => task.ownerId === owner).length;
      const everyone = new Set(
        [...state.candidates, ...state.running].map(({ ownerId }) => ownerId),
      );
      const share = state.slots.length / everyone.size;
      if (load(chosen.ownerId) < share) return;
      // An extra waits for all that makes a video ready, whoever owns it.
      const rivals = state.candidates.filter(({ isExtra }) => chosen.isExtra || !isExtra);
      for (const { ownerId } of rivals)
        expect(load(ownerId)).toBeGreaterThanOrEqual(load(chosen.ownerId));
    }),
  );
});

test("the order of the candidates does not matter, except among equals", () => {
  fc.assert(
    fc.property(states, (state) => {
      const rank = (candidates: readonly Candidate[]) => {
        const assignment = nextTask({ ...state, candidates });
        const task = candidates.find(({ taskId }) => taskId === assignment?.taskId);
        if (!task) return null;
        const load = state.running.filter(({ ownerId }) => ownerId === task.ownerId).length;
        return [load, task.priority, task.since, task.needsSlot];
      };
      expect(rank(state.candidates.toReversed())).toEqual(rank(state.candidates));
    }),
  );
});
