import { expect, test } from "vitest";
import { ScriptedTranscoder } from "../../tests/support/worker/scripted-transcoder.ts";
import { queuedVideo, work } from "../../tests/support/worker/transcoding.ts";
import { call, newAccount } from "../../tests/support/worker/api.ts";
import { examplePlan } from "../../tests/support/worker/plan.ts";
import type { Playback } from "../contract/playback.ts";

test("viewers get the chapters of the source until the description has some", async () => {
  const { app, userId } = await newAccount();
  const id = await queuedVideo(userId);
  const chapters = [
    { start: 0, title: "Leaving" },
    { start: 1.5, title: "Arriving" },
  ];
  const plan = { ...examplePlan(), chapters };
  await work(
    new ScriptedTranscoder(1).on("plan", () => [{ type: "done", result: { kind: "plan", plan } }]),
  );
  const shown = async () => {
    const response = await call(app, "POST", `/v1/videos/${id}/playback`, {});
    return (await response.json<Playback>()).chapters;
  };
  expect(await shown()).toEqual(chapters);
  const description = "0:00 Boats\n0:01 Storm\n0:02 Calm";
  expect((await call(app, "PATCH", `/v1/videos/${id}`, { description })).status).toBe(200);
  expect((await shown()).map(({ title }) => title)).toEqual(["Boats", "Storm", "Calm"]);
});
