import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_CHUNK_WORK_SECONDS, segmentWork } from "../../../workers/domain/tasks/chunks.ts";
import { compareTasks, isExtraStage, isUrgent } from "../../../workers/domain/tasks/task-order.ts";
import type { AudioStream, SourceInfo } from "../../../workers/contract/source.ts";
import { SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { h264Ladder } from "./ladder.ts";
import { audioRenditions, gridFor, planTasks } from "./plan.ts";

function track(overrides: Partial<AudioStream>): AudioStream {
  return {
    index: 1,
    codec: "aac",
    channels: 2,
    sampleRate: 48_000,
    language: null,
    title: null,
    isDefault: false,
    startTime: 0,
    ...overrides,
  };
}

function source(duration: number, overrides: Partial<SourceInfo> = {}): SourceInfo {
  return {
    demuxer: "mov",
    duration,
    bytes: 1000,
    video: {
      index: 0,
      codec: "h264",
      width: 1920,
      height: 1080,
      codedWidth: 1920,
      codedHeight: 1080,
      rotation: 0,
      frameRate: { num: 30, den: 1 },
      interlaced: false,
      alpha: false,
      bitDepth: 8,
      matrix: "bt709",
      range: "sdr",
      startTime: 0,
      endTime: duration,
    },
    audio: [track({ isDefault: true })],
    captions: [],
    ...overrides,
  };
}

const RATE = { num: 30, den: 1 };
function planFor(duration: number, parallelism: number, overrides: Partial<SourceInfo> = {}) {
  const video = source(duration, overrides);
  return planTasks(video, gridFor(RATE, duration, 4), h264Ladder(video.video, RATE), {
    ...SETTINGS,
    parallelism,
  });
}
function chunksOf(plan: ReturnType<typeof planFor>) {
  return plan.tasks.flatMap(({ spec }) =>
    spec.kind === "video" && spec.firstSegment > 0 ? [spec] : [],
  );
}

describe("the plan of a video", () => {
  it("divides the segments of a second codec separately if a copied video has a frame more or less", () => {
    const video = source(1003 / 30);
    const [copy] = h264Ladder(video.video, RATE).slice(-1);
    const plan = planTasks(
      video,
      gridFor(RATE, 1003 / 30, 4),
      h264Ladder(video.video, RATE),
      SETTINGS,
      { second: "vp9" },
      { ...(copy && { copy: { ...copy, isCopy: true } }), cuts: [0, 500, 961] },
    );
    expect(plan.grid).toMatchObject({ totalFrames: 961, framesPerSegment: 119, segmentCount: 9 });
  });

  it("starts with short urgent tasks: the lowest rendition, audio, then the other renditions", () => {
    for (const duration of [60, 7200]) {
      const urgent = planFor(duration, 2)
        .tasks.filter(({ spec }) => spec.kind === "video" || spec.kind === "audio")
        .filter(({ stage, priority }) => stage === "encode" && isUrgent(priority))
        .toSorted(compareTasks);
      const names = urgent.map(({ name }) => name);
      expect(names).toEqual(["video 0 h264-240", "audio 0", "video 0 others"]);
      expect(
        urgent.flatMap(({ spec }) =>
          spec.kind === "video" ? [[spec.renditions.length, spec.segmentCount]] : [],
        ),
      ).toEqual([
        [1, 2],
        [4, 2],
      ]);
    }
  });

  it("has one first chunk if the ladder has one rendition", () => {
    const video = source(60);
    const ladder = h264Ladder(video.video, RATE).slice(0, 1);
    const { tasks } = planTasks(video, gridFor(RATE, 60, 4), ladder, SETTINGS);
    expect(tasks.map(({ name }) => name).filter((name) => name.startsWith("video 0"))).toEqual([
      "video 0 h264-240",
    ]);
  });

  it("decodes each later chunk once for all renditions", () => {
    for (const spec of chunksOf(planFor(60, 2))) expect(spec.renditions).toHaveLength(5);
  });

  it("gives every slot of a large deployment a task", () => {
    expect(chunksOf(planFor(7200, 50)).length).toBeGreaterThanOrEqual(100);
  });

  it("covers every segment of every rendition exactly once", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 40_000, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (duration, parallelism) => {
          const plan = planFor(duration, parallelism);
          for (const { id } of plan.renditions.filter(({ type }) => type === "video")) {
            const specs = plan.tasks.flatMap(({ spec }) =>
              spec.kind === "video" && spec.renditions.some((rendition) => rendition.id === id)
                ? [spec]
                : [],
            );
            let next = 0;
            for (const spec of specs.toSorted((a, b) => a.firstSegment - b.firstSegment)) {
              expect(spec.firstSegment).toBe(next);
              next += spec.segmentCount;
            }
            expect(next).toBe(plan.grid.segmentCount);
          }
          expect(new Set(plan.tasks.map(({ name }) => name)).size).toBe(plan.tasks.length);
        },
      ),
    );
  });

  it.each([
    [3840, 2160, 30, "sdr", undefined],
    [3840, 2160, 60, "sdr", undefined],
    [3840, 2160, 60, "pq", undefined],
    [2560, 1440, 60, "sdr", "vp9"],
    [3840, 2160, 60, "hlg", "av1"],
  ] as const)(
    "has no task that takes a slow core too long, for %i x %i at %i fps (%s, %s)",
    (width, height, num, range, second) => {
      const video = source(600);
      const large = { ...video, video: { ...video.video, width, height, range } };
      const rate = { num, den: 1 };
      const grid = gridFor(rate, 600, 4);
      const ladder = h264Ladder(large.video, rate);
      const plan = planTasks(
        large,
        grid,
        ladder,
        { ...SETTINGS, parallelism: 1 },
        second ? { second } : {},
      );
      for (const { name, spec } of plan.tasks) {
        if (spec.kind !== "video") continue;
        const seconds = spec.segmentCount * segmentWork(large, grid, spec.renditions);
        expect([name, seconds <= MAX_CHUNK_WORK_SECONDS]).toEqual([name, true]);
      }
      for (const { id } of plan.renditions.filter(({ type }) => type === "video")) {
        const segments = plan.tasks.flatMap(({ spec }) =>
          spec.kind === "video" && spec.renditions.some((rendition) => rendition.id === id)
            ? Array.from({ length: spec.segmentCount }, (_, index) => spec.firstSegment + index)
            : [],
        );
        expect(segments.toSorted((a, b) => a - b)).toEqual([...Array(grid.segmentCount).keys()]);
      }
      if (second === undefined) return;
      // Only renditions that take too long are left out.
      const heights = plan.renditions.flatMap((rendition) =>
        rendition.type === "video" && rendition.codec === second ? [rendition.height] : [],
      );
      expect(heights.at(-1)).toBe(1080);
    },
  );

  it("ends with the finish task, one stage after everything that the video needs to be ready", () => {
    const { tasks } = planFor(60, 2);
    expect(tasks.filter(({ stage }) => stage === "publish").map(({ spec }) => spec.kind)).toEqual([
      "finish",
    ]);
    expect(tasks.filter(({ stage }) => isExtraStage(stage))).toEqual([]);
  });

  it("extracts all caption streams in one task", () => {
    const streams = [
      { index: 2, codec: "ass", language: "de", title: null, isForced: true },
      { index: 3, codec: "ass", language: "de", title: "Deutsch, alles", isForced: false },
      { index: 4, codec: "subrip", language: null, title: null, isForced: false },
    ];
    const { tasks } = planFor(60, 2, { captions: streams });
    expect(tasks.filter(({ spec }) => spec.kind === "captions")).toMatchObject([
      {
        spec: {
          streams: [
            { index: 2, language: "de", name: "Deutsch", isForced: true },
            { index: 3, language: "de", name: "Deutsch, alles", isForced: false },
            { index: 4, language: "und" },
          ],
        },
      },
    ]);
  });
});

describe("the audio of a video", () => {
  function parts(hours: number) {
    return planFor(hours * 3600, 2).tasks.flatMap(({ name, priority, spec }) =>
      spec.kind === "audio" ? [{ name, urgent: isUrgent(priority), spec }] : [],
    );
  }

  it("is one task if it is short enough", () => {
    for (const hours of [0.01, 3]) {
      expect(parts(hours)).toMatchObject([{ name: "audio 0", urgent: true }]);
      expect(parts(hours)[0]?.spec).not.toHaveProperty("segmentCount");
    }
  });

  it("is divided into parts of at most three hours, and only the first is urgent", () => {
    const long = parts(12);
    expect(long.map(({ name, urgent }) => [name, urgent])).toEqual([
      ["audio 0", true],
      ["audio 0 part 2", false],
      ["audio 0 part 3", false],
      ["audio 0 part 4", false],
    ]);
    let next = 0;
    for (const { spec } of long) {
      expect(spec.firstSegment ?? 0).toBe(next);
      next += spec.segmentCount ?? 0;
      expect((spec.segmentCount ?? 0) * 4).toBeLessThan(3.01 * 3600);
    }
    // 188 frames of 1024 samples per segment.
    expect(next * 188 * 1024).toBeGreaterThan(9 * 3600 * 48_000);
    expect(long.at(-1)?.spec).not.toHaveProperty("segmentCount");
  });
});

describe("audio renditions", () => {
  it("have names and languages, and one is the default", () => {
    const tracks = [
      track({ index: 1, language: "en" }),
      track({ index: 2, language: "fr", isDefault: true }),
      track({ index: 3, title: "Commentary", channels: 1 }),
      track({ index: 4, language: "en", channels: 6 }),
    ];
    expect(audioRenditions(source(60, { audio: tracks }))).toMatchObject([
      { id: "audio-0", name: "English", language: "en", channels: 2, isDefault: false },
      { id: "audio-1", name: "français", language: "fr", channels: 2, isDefault: true },
      { id: "audio-2", name: "Commentary", language: null, channels: 1, isDefault: false },
      { id: "audio-3", name: "English 2", language: "en", channels: 2, isDefault: false },
    ]);
  });

  it("are at most sixteen, including the default one", () => {
    const audio = Array.from({ length: 20 }, (_, index) => track({ index, isDefault: index > 17 }));
    const kept = audioRenditions(source(60, { audio }));
    expect(kept.map(({ streamIndex }) => streamIndex)).toEqual([
      ...Array.from({ length: 15 }, (_, index) => index),
      18,
    ]);
    expect(kept.map(({ isDefault }) => isDefault).indexOf(true)).toBe(15);
  });

  it("do not exist for a video without audio", () => {
    expect(audioRenditions(source(60, { audio: [] }))).toEqual([]);
  });
});
