import { env, exports } from "cloudflare:workers";
import type { VideoChapters } from "../../../workers/contract/chapters.ts";
import type { Playback } from "../../../workers/contract/playback.ts";
import type { EditRecipe, VersionList } from "../../../workers/contract/versions.ts";
import { call, newAccount } from "./api.ts";
import { examplePlan } from "./plan.ts";
import { ScriptedTranscoder } from "./scripted-transcoder.ts";
import { queuedVideo, work } from "./transcoding.ts";

/** The part between 4 and 10 s is cut out of 16 s at 25 frames per second. */
export const RECIPE: EditRecipe = {
  keep: [
    { from: 0, to: 4 },
    { from: 10, to: 16 },
  ],
};
const VTT =
  "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nfirst\n\n00:00:05.000 --> 00:00:06.000\ngone\n\n00:00:12.000 --> 00:00:13.000\nlast\n";

/** Runs the waiting tasks. An edited or replaced file has its own duration. */
export const workOn = (duration: number) =>
  work(
    new ScriptedTranscoder(1).on("plan", () => {
      const plan = examplePlan();
      return [
        {
          type: "done",
          result: { kind: "plan", plan: { ...plan, source: { ...plan.source, duration } } },
        },
      ];
    }),
  );

/** A ready video with captions and chapters, and requests of its creator. */
export async function readyVideo() {
  const { app, userId } = await newAccount();
  const id = await queuedVideo(userId);
  await work();
  const path = `/v1/videos/${id}`;
  await call(app, "PUT", `${path}/captions/en`, VTT, { "content-type": "text/vtt" });
  const own = [
    { start: 0, title: "Harbour" },
    { start: 5, title: "Storm" },
    { start: 12, title: "Calm" },
  ];
  await call(app, "PUT", `${path}/chapters`, { own });
  await work();
  const versions = `${path}/versions`;
  return {
    ...{ id, app },
    edit: (recipe = RECIPE) => call(app, "POST", versions, recipe),
    list: async () => (await call(app, "GET", versions)).json<VersionList>(),
    publish: (version: number) => call(app, "POST", `${versions}/${version}/publish`),
    remove: (version: number) => call(app, "DELETE", `${versions}/${version}`),
    play: async (version?: number) => {
      const suffix = version === undefined ? "/playback" : `/versions/${version}/playback`;
      return (await call(app, "POST", path + suffix)).json<Playback>();
    },
    setChapters: async (list: VideoChapters["own"]) => {
      await call(app, "PUT", `${path}/chapters`, { own: list });
      await work();
    },
    captions: async () => (await call(app, "GET", `${path}/captions/en`)).text(),
    chapters: async () =>
      (await (await call(app, "GET", `${path}/chapters`)).json<VideoChapters>()).own,
  };
}

export const isServed = async (url: string) =>
  (await exports.default.fetch(env.PUBLIC_ORIGIN + url)).status === 200;

export const states = ({ items }: VersionList) =>
  items.map(({ version, state }) => [version, state]);
