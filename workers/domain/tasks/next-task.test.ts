import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Lane } from "./lanes.ts";
import { isFleetBusy, type LaneHead, nextLanes, type SchedulerState } from "./next-task.ts";
import { PRIORITIES } from "./task-order.ts";

function head(change: Partial<LaneHead>): LaneHead {
  return {
    ownerId: "ada",
    lane: "normal video-h264",
    running: 0,
    priority: "later-video",
    since: 0,
    ...change,
  };
}
const bob = (change: Partial<LaneHead>): LaneHead => head({ ownerId: "bob", ...change });
const urgent = { lane: "urgent video-h264", priority: "first-video" } as const;
const first = (state: Partial<SchedulerState>): LaneHead | undefined =>
  nextLanes({ slots: 4, running: 0, creators: 2, heads: [], ...state })[0];

describe("which task is next", () => {
  const cases: [string, Partial<SchedulerState>, Partial<LaneHead> | undefined][] = [
    ["nothing, when nothing is queued", {}, undefined],
    [
      "an urgent task before an older one",
      { heads: [head({}), bob({ ...urgent, since: 9 })] },
      urgent,
    ],
    [
      "the task of the creator with the fewest running tasks",
      { running: 3, heads: [head({ running: 2 }), bob({ running: 1, since: 9 })] },
      { ownerId: "bob" },
    ],
    [
      "a task that makes a video ready before the extras of an older one",
      { running: 1, heads: [head({ lane: "extra video-av1" }), bob({ running: 1, since: 9 })] },
      { ownerId: "bob" },
    ],
    [
      "the task of the oldest transcode among equals",
      { heads: [head({ since: 9 }), bob({ since: 1, priority: "download-renditions" })] },
      { since: 1 },
    ],
    [
      "the task with the higher priority among transcodes of the same age",
      {
        heads: [
          head({ lane: "urgent audio-aac", priority: "first-audio" }),
          head({ lane: "urgent images", priority: "images" }),
          head(urgent),
        ],
      },
      urgent,
    ],
    [
      "not the urgent task of a creator who already has a fair share",
      { running: 2, heads: [head({ ...urgent, running: 2 }), bob({ since: 9 })] },
      { ownerId: "bob" },
    ],
    [
      "the Worker's own task first, even when every slot is taken",
      { slots: 1, running: 1, heads: [head(urgent), head({ lane: "urgent finish" })] },
      { lane: "urgent finish" },
    ],
    ["none, when every slot is taken", { slots: 1, running: 1, heads: [head({})] }, undefined],
  ];
  test.each(cases)("%s", (_name, state, expected) => {
    const chosen = first(state);
    if (expected) expect(chosen).toMatchObject(expected);
    else expect(chosen).toBeUndefined();
  });
});

const LANES: Lane[] = [
  "urgent plan",
  "urgent video-h264",
  "normal video-h264",
  "extra video-av1",
  "urgent-extra images",
  "urgent finish",
];
const states = fc
  .record({
    slots: fc.nat(12),
    running: fc.record({ ada: fc.nat(4), bob: fc.nat(4), cleo: fc.nat(4) }),
    queued: fc.array(
      fc.record({
        ownerId: fc.constantFrom("ada", "bob", "cleo"),
        lane: fc.constantFrom(...LANES),
        priority: fc.constantFrom(...PRIORITIES),
        since: fc.nat(5),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ slots, running, queued }): SchedulerState => {
    const heads = queued.map((task) => ({ ...task, running: running[task.ownerId] ?? 0 }));
    const total = running.ada + running.bob + running.cleo;
    return { slots, running: total, creators: 3, heads };
  });

test("on a small deployment no slot stays free while a task waits", () => {
  fc.assert(
    fc.property(states, (state) => {
      const isFree = state.slots > state.running;
      const startable = state.heads.filter(({ lane }) => isFree || lane === "urgent finish");
      expect(nextLanes(state)).toHaveLength(startable.length);
    }),
  );
});

test("a large deployment keeps one slot in twenty free for urgent work", () => {
  const chunk = head({ running: 37 });
  const plan = bob({ lane: "urgent plan" });
  const next = (running: number, heads: LaneHead[]) => first({ slots: 40, running, heads });
  expect(next(37, [chunk])).toBe(chunk);
  expect(next(38, [chunk])).toBeUndefined();
  expect(next(38, [chunk, plan])).toBe(plan);
  expect(next(40, [chunk, plan])).toBeUndefined();
});

test("a creator below the fair share is never passed over for one above it", () => {
  fc.assert(
    fc.property(states, (state) => {
      const chosen = first(state);
      if (!chosen || chosen.lane === "urgent finish") return;
      if (chosen.running < state.slots / state.creators) return;
      // An extra waits for every task that makes any creator's video ready.
      const isExtra = chosen.lane.includes("extra");
      for (const rival of state.heads.filter(({ lane }) => isExtra || !lane.includes("extra")))
        expect(rival.running).toBeGreaterThanOrEqual(chosen.running);
    }),
  );
});

test("the order of the lanes does not matter, except among equals", () => {
  fc.assert(
    fc.property(states, (state) => {
      const order = (heads: readonly LaneHead[]) =>
        nextLanes({ ...state, heads }).map(({ running, since, priority }) => [
          running,
          since,
          priority,
        ]);
      expect(order(state.heads.toReversed())).toEqual(order(state.heads));
    }),
  );
});

describe("a fleet is busy", () => {
  const waiting = [head({})];
  test.each<[boolean, string, Partial<SchedulerState>]>([
    [false, "never while nothing waits", { slots: 10, running: 9, heads: [] }],
    [false, "never while only urgent tasks wait", { slots: 10, running: 9, heads: [head(urgent)] }],
    [false, "not while several slots are free", { slots: 10, running: 8, heads: waiting }],
    [true, "when work waits for the last slot", { slots: 10, running: 9, heads: waiting }],
    [true, "when work waits for the only slot", { slots: 1, running: 0, heads: waiting }],
    [
      true,
      "though some of many are between two tasks",
      { slots: 500, running: 440, heads: waiting },
    ],
    [false, "not while many start", { slots: 500, running: 300, heads: waiting }],
  ])("%s: %s", (isBusy, _name, state) => {
    expect(isFleetBusy({ slots: 4, running: 0, creators: 2, heads: [], ...state })).toBe(isBusy);
  });
});
