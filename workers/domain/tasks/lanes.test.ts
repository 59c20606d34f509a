import { expect, test } from "vitest";
import { type PlannedTask, TaskKind } from "../../contract/transcodes.ts";
import { laneOf, lanesFor, needOfLane } from "./lanes.ts";

function task(
  stage: PlannedTask["stage"],
  priority: PlannedTask["priority"],
  spec: object,
): PlannedTask {
  return { name: "a task", stage, priority, spec: spec as PlannedTask["spec"] };
}
const video = (codec: string) => ({ kind: "video", renditions: [{ codec }] });

test.each([
  [task("plan", "blocking", { kind: "plan" }), "urgent plan"],
  [task("encode", "first-video", video("h264")), "urgent video-h264"],
  [task("encode", "later-video", video("h264")), "normal video-h264"],
  [
    task("encode", "first-audio", { kind: "audio", rendition: { codec: "aac" } }),
    "urgent audio-aac",
  ],
  [task("extras", "second-codec", video("av1")), "extra video-av1"],
  [task("extras", "images", { kind: "images" }), "urgent-extra images"],
  [task("publish", "blocking", { kind: "finish" }), "urgent finish"],
])("a task's lane follows from its urgency and from the capabilities it needs: %#", (one, lane) => {
  expect(laneOf(one)).toBe(lane);
  const all = { kinds: TaskKind.options, codecs: ["h264", "av1", "vp9", "aac", "opus"] } as const;
  expect(lanesFor(all)).toContain(lane);
});

test("a runner sees only the lanes of its kinds and codecs", () => {
  const lanes = lanesFor({ kinds: ["video", "audio", "images"], codecs: ["h264", "opus"] });
  expect(lanes).toContain("extra video-h264");
  expect(lanes).toContain("urgent images");
  expect(lanes).toContain("normal audio-opus");
  expect(lanes.filter((lane) => /av1|plan|finish|aac/.test(lane))).toEqual([]);
  expect(needOfLane("extra video-av1")).toEqual({ kind: "video", codec: "av1" });
  expect(needOfLane("urgent plan")).toEqual({ kind: "plan", codec: null });
});
