/**
 * `npm run sim:transcode`: a video of two hours on 50 runners while ten other creators upload short videos, runners fail,
 * and wake messages are lost or delivered twice. It uses the product's `nextTask`, claims and outcomes, with their SQL on
 * SQLite, in simulated time.
 */
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { catalog, runBatch } from "../workers/db/client.ts";
import { videos } from "../workers/db/schema.ts";
import { tasks } from "../workers/db/transcoding-schema.ts";
import { startTranscode } from "../workers/db/transcoding/transcodes.ts";
import { planSettings, planTask } from "../workers/domain/plan-settings.ts";
import { Clock } from "./sim/clock.ts";
import { Cluster, type Marks } from "./sim/cluster.ts";
import { randomOf } from "./random.ts";
import { costOf, planOf, START_SECONDS } from "./sim/model.ts";
import { SqliteD1 } from "./sim/sqlite.ts";

const { values } = parseArgs({
  options: {
    runners: { type: "string", default: "50" },
    hours: { type: "string", default: "2" },
    clips: { type: "string", default: "10" },
    deaths: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
  },
});
const runners = Number(values.runners);
const longSeconds = Number(values.hours) * 3600;
const random = randomOf(Number(values.seed));

const sqlite = new SqliteD1();
const migrations = new URL("../migrations/catalog/", import.meta.url);
for (const file of readdirSync(migrations).toSorted()) {
  if (file.endsWith(".sql")) sqlite.exec(readFileSync(new URL(file, migrations), "utf8"));
}
const db = catalog({ CATALOG: sqlite } as never);

const start = Date.UTC(2026, 10, 22);
const clock = new Clock(start);
const cluster = new Cluster(db, clock, runners, random);

/** Completes an upload: writes what the API writes. */
async function upload(name: string, duration: number): Promise<void> {
  const { now } = clock;
  const video = {
    ...{ id: name, ownerId: `creator of ${name}`, version: 1, sourceKey: name },
    contentKey: "not used",
  };
  const settings = planSettings({
    MAX_RUNNERS: String(runners),
    SLOTS_PER_RUNNER: "1",
    PASSTHROUGH: "true",
    SECOND_CODEC: "none",
    AUDIO_UPLOADS: "true",
  } as never);
  await runBatch(db, [
    db
      .insert(videos)
      .values({ ...video, title: name, state: "queued", createdAt: now, updatedAt: now }),
    ...startTranscode(db, video, planTask(settings, false), now),
  ]);
  cluster.videos.set(name, { arrived: now, duration });
  cluster.wake(1);
}

const clips = Array.from({ length: Number(values.clips) }, (_, index) => ({
  name: `clip ${index + 1}`,
  duration: Math.round(20 + random() * 160),
  at: 5000 + random() * 240_000,
}));
await upload("film", longSeconds);
for (const clip of clips) clock.after(clip.at, () => upload(clip.name, clip.duration));
for (let death = 0; death < Number(values.deaths); death++) {
  clock.after(20_000 + random() * 300_000, async () =>
    cluster.kill(Math.floor(random() * runners)),
  );
}

const allMarks = () => [...cluster.videos.values()];
const began = Date.now();
await clock.run(
  () =>
    allMarks().length === clips.length + 1 &&
    allMarks().every((marks) => marks.ready !== undefined),
);

const rows = await db
  .select({ id: tasks.id, state: tasks.state, attempt: tasks.attempt })
  .from(tasks);

const seconds = (from: number, to: number | undefined) => ((to ?? Number.NaN) - from) / 1000;
const round = (value: number) => Math.round(value * 100) / 100;
const playable = (marks: Marks) =>
  seconds(marks.arrived, Math.max(marks.firstVideo ?? Infinity, marks.firstAudio ?? Infinity));
/** Slot-seconds of a video's tasks if each runs once, without their start-up. */
const work = (duration: number) =>
  planOf(duration, runners).tasks.reduce(
    (sum, { spec }) => sum + Math.max(0, costOf(spec) - START_SECONDS),
    0,
  );

const total = work(longSeconds) + clips.reduce((sum, clip) => sum + work(clip.duration), 0);
const ideal = 2.5 + total / runners;
const makespan = seconds(start, cluster.videos.get("film")?.ready);
const clipMarks = clips.flatMap(({ name }) => cluster.videos.get(name) ?? []);
const waits = clipMarks
  .map((marks) => seconds(marks.arrived, marks.started))
  .toSorted((a, b) => a - b);
const plays = clipMarks.map(playable).toSorted((a, b) => a - b);
const middle = (sorted: number[]) => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;

console.log(
  `${values.hours} h of video on ${runners} runners, ${clips.length} clips, seed ${values.seed}; ${round((Date.now() - began) / 1000)} s of real time`,
);
console.log("video      length s  wait s  playable s  ready s");
for (const [name, marks] of cluster.videos) {
  const cells = [
    marks.duration,
    seconds(marks.arrived, marks.started),
    playable(marks),
    seconds(marks.arrived, marks.ready),
  ];
  console.log(name.padEnd(9) + cells.map((cell) => cell.toFixed(1).padStart(10)).join(""));
}
console.log(
  `ideal ${round(ideal)} s, makespan ${round(makespan)} s; ${JSON.stringify(cluster.counts)}`,
);

const figures = {
  makespan: round(makespan),
  ideal: round(ideal),
  makespanToIdeal: round(makespan / ideal),
  filmPlayable: round(playable(cluster.videos.get("film")!)),
  clipWaitMedian: round(middle(waits)),
  clipWaitMax: round(waits.at(-1) ?? 0),
  clipPlayableMedian: round(middle(plays)),
  clipPlayableMax: round(plays.at(-1) ?? 0),
  tasks: rows.length,
  attempts: rows.reduce((sum, row) => sum + row.attempt, 0),
  ...cluster.counts,
};
const aims = {
  "makespan <= 1.25 x ideal": figures.makespanToIdeal <= 1.25,
  "half of the clips start within 2 s": figures.clipWaitMedian <= 2,
  "every clip starts within 5 s": figures.clipWaitMax <= 5,
  "every task's result taken over once": rows.every(
    ({ id, state }) => state === "done" && cluster.applied.get(id) === 1,
  ),
};
console.log(
  JSON.stringify({ name: "sim:transcode", figures, aims, met: Object.values(aims).every(Boolean) }),
);
