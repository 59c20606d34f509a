import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { readCommandLine } from "../scripts/command-line.ts";
import { ApiClient, retryFor } from "../scripts/api-client.ts";
import { CATALOG, openLocalDatabase } from "../scripts/dev/local-databases.ts";
import { generateSource } from "../scripts/product/sample-video.ts";
import { uploadFile } from "../scripts/upload-file.ts";
import { Video } from "../workers/contract/videos.ts";
import { decodeAll } from "./chaos/decode.ts";
import { killNow, type RunningProcess } from "./chaos/processes.ts";
import { RestartingStack } from "./chaos/restarting-stack.ts";
import { searchAgrees } from "./chaos/search-agrees.ts";
import { auditStorage } from "./chaos/storage-audit.ts";
import { printReport } from "./report.ts";
import { randomOf } from "./random.ts";

/**
 * `npm run test:chaos -- --runs N --seed S --minutes M`: kills processes of the running product while it receives and transcodes videos.
 * In each run three videos are uploaded, and at a random moment the Worker, the transcoder, both or any process gets
 * SIGKILL. At the end every video must be `ready` and every rendition must decode, search must have all of them, and the
 * storage must have what the catalogue names and nothing else. No run begins after M minutes, and none may take longer than
 * fifteen. Linux only, because it finds the processes in /proc.
 */
const { values } = readCommandLine(
  "Usage: npm run test:chaos -- [--runs 2] [--seed 1] [--minutes 120]",
  {
    options: {
      runs: { type: "string", default: "2" },
      seed: { type: "string", default: "1" },
      minutes: { type: "string", default: "120" },
    },
  },
);
const MAX_RUNS = 100;
const runs = Math.min(MAX_RUNS, Math.max(1, Math.trunc(Number(values.runs)) || 1));
const seed = Math.trunc(Number(values.seed)) || 0;
/** No run starts after this time. */
const MAX_KILLING_MS = Math.max(1, Number(values.minutes) || 1) * 60_000;
/** Time limit from the first upload of a run to its end, including the kill and the restart. */
const TIMEOUT_RUN_MS = 900_000;
const ACCOUNT = {
  name: "Chaos",
  email: "chaos@example.com",
  password: "nine quiet harbour lamps",
};
const WORD = "chaos";
/** Kills happen within this time after the uploads have begun, so during an upload or a transcode. */
const MAX_DELAY_MS = 12_000;
const POLL_MS = 500;
/** A response may be lost with its process, and the product needs minutes to restart on a busy computer. */
const RETRY = { timeoutMs: 15_000, retryMs: 840_000 };
/** Time to wait for a process to kill. */
const TIMEOUT_VICTIM_MS = 120_000;
/** Time for all videos together, after the last kill. */
const TIMEOUT_READY_MS = 600_000 + runs * 120_000;
const TIMEOUT_SETTLED_MS = 300_000;
/** Miniflare may close a connection on which a request has just been sent; the read-only audit then starts over. */
const TIMEOUT_AUDIT_MS = 600_000;
/** Time limit of the whole program, in addition to the time for kills. Every rendition is decoded after them. */
const TIMEOUT_MS = MAX_KILLING_MS + TIMEOUT_READY_MS + 1_800_000 + runs * 30_000;
/**
 * A message that was lost with a process is sent again ten minutes later, so its time is changed instead of waiting.
 */
const LOST_MESSAGE_MS = 11 * 60_000;
const PAUSE_BETWEEN_SWEEPS_MS = 20_000;
const CLIPS = [
  { seconds: 6, width: 640, height: 360 },
  { seconds: 14, width: 426, height: 240 },
  { seconds: 3, width: 240, height: 426 },
];
const KINDS = ["worker", "transcoder", "both", "any"] as const;
type Kind = (typeof KINDS)[number];

const random = randomOf(seed);

function victimsOf(kind: Kind, processes: RunningProcess[]): RunningProcess[] {
  if (kind === "any") return processes.slice(Math.floor(random() * processes.length)).slice(0, 1);
  const [workers, transcoders] = (["worker", "transcoder"] as const).map((role) =>
    processes.filter((process) => process.role === role),
  );
  if (kind === "both")
    return workers?.length && transcoders?.length ? [...workers, ...transcoders] : [];
  return (kind === "worker" ? workers : transcoders) ?? [];
}

/** Polls until a condition holds. @returns false when the time is over */
async function until(holds: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (await holds()) return true;
    await wait(POLL_MS);
  }
  return false;
}

/** Kills the processes of a kind, as soon as there are some. @returns what was killed */
async function killSome(stack: RestartingStack, kind: Kind): Promise<string> {
  let killed: string[] = [];
  await until(async () => {
    const victims = victimsOf(kind, await stack.processes());
    killed = victims.filter(({ pid }) => killNow(pid)).map(({ name }) => name);
    return killed.length > 0;
  }, TIMEOUT_VICTIM_MS);
  return killed.join(" + ");
}

/** Makes messages that were lost with a process be sent again, until none is left. */
async function settleMessages(stack: RestartingStack): Promise<void> {
  const end = performance.now() + TIMEOUT_SETTLED_MS;
  while (performance.now() < end) {
    const db = openLocalDatabase(stack.state, CATALOG);
    if (!db) return;
    try {
      if (db.prepare("SELECT 1 FROM outbox LIMIT 1").get() === undefined) return;
      db.prepare("UPDATE outbox SET sent_at = sent_at - ?").run(LOST_MESSAGE_MS);
    } finally {
      db.close();
    }
    await stack.runCrons();
    await wait(PAUSE_BETWEEN_SWEEPS_MS);
  }
}

interface Uploaded {
  id: string;
  seconds: number;
}

async function runAll(stack: RestartingStack, clips: string[]) {
  const api = new ApiClient(stack.origin, RETRY);
  await api.signIn(ACCOUNT);
  const uploads: Uploaded[] = [];
  const first = Math.floor(random() * KINDS.length);
  const begun = performance.now();
  let kills = 0;
  let done = 0;
  console.log(" run        after  kill        all stored  processes");
  for (let run = 1; run <= runs && performance.now() < begun + MAX_KILLING_MS; run++) {
    const runBegun = performance.now();
    const kind = KINDS[(first + run) % KINDS.length]!;
    const uploading = Promise.all(
      CLIPS.map(async ({ seconds }, index) => {
        const metadata = { title: `${WORD} ${run}.${index}`, visibility: "public" as const };
        return { seconds, id: await uploadFile(api, clips[index]!, metadata, () => {}) };
      }),
    );
    // It is awaited after the kill. Until then a failed upload must not count as an unhandled rejection, which ends the
    // process.
    uploading.catch(() => {});
    const delay = Math.round(random() * MAX_DELAY_MS);
    await wait(delay);
    const killed = await killSome(stack, kind);
    if (killed) kills++;
    const tooLong = wait(TIMEOUT_RUN_MS, undefined, { ref: false }).then(() => {
      throw new Error(`Run ${run} did not end within ${TIMEOUT_RUN_MS / 60_000} minutes.`);
    });
    const stored = await Promise.race([uploading, tooLong]).catch((cause: unknown) => {
      throw new Error(`Run ${run}, after a kill of ${killed}, stored no video.`, { cause });
    });
    uploads.push(...stored);
    done = run;
    const seconds = Math.round((performance.now() - runBegun) / 1000);
    console.log(
      `${String(run).padStart(4)}  ${String(delay).padStart(8)} ms  ${kind.padEnd(10)}  ${String(seconds).padStart(8)} s  ${killed || "-"}`,
    );
  }

  const lastKill = performance.now();
  const ready: Uploaded[] = [];
  for (const upload of uploads) {
    const left = Math.max(POLL_MS, TIMEOUT_READY_MS - (performance.now() - lastKill));
    let state: string | undefined;
    await until(async () => {
      ({ state } = Video.parse(await api.call("GET", `/v1/videos/${upload.id}`)));
      return state === "ready" || state === "failed";
    }, left);
    if (state === "ready") ready.push(upload);
    else console.log(`${upload.id} is ${state}`);
  }
  const readySeconds = (performance.now() - lastKill) / 1000;

  let renditions = 0;
  const faults: string[] = [];
  for (const { id, seconds } of ready) {
    const decoded = await decodeAll(api, id, seconds);
    renditions += decoded.renditions;
    faults.push(...decoded.faults);
  }
  await settleMessages(stack);
  const agrees = await until(() => searchAgrees(api, WORD), TIMEOUT_SETTLED_MS);
  return {
    runs: done,
    uploads: uploads.length,
    ready: ready.length,
    kills,
    renditions,
    faults,
    agrees,
    readySeconds,
  };
}

const started = performance.now();
const folder = await mkdtemp(join(tmpdir(), "kinora-chaos-"));
await mkdir(join(folder, "tmp"));
const clips = CLIPS.map((_clip, index) => join(folder, `clip${index}.mp4`));
await Promise.all(CLIPS.map((clip, index) => generateSource(clips[index]!, clip)));
const stack = await RestartingStack.start(folder);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void stack.stop().finally(() => process.exit(1)));
try {
  const tooLong = wait(TIMEOUT_MS, undefined, { ref: false }).then(() => {
    throw new Error(`It did not end within ${TIMEOUT_MS / 60_000} minutes.`);
  });
  const result = await Promise.race([runAll(stack, clips), stack.failed, tooLong]);
  await stack.stop();
  const audit = await retryFor(TIMEOUT_AUDIT_MS, () => auditStorage(stack.state));
  const scratch = (await readdir(join(folder, "tmp"))).filter((name) =>
    name.startsWith("kinora-transcoder-"),
  );
  const complaints = [
    ...result.faults,
    ...audit.missing.map((key) => `missing: ${key}`),
    ...audit.damaged.map((key) => `damaged: ${key}`),
    ...audit.leftOver.map((key) => `left over: ${key}`),
    ...stack.survivors.map(({ name }) => `still lived: ${name}`),
  ];
  for (const complaint of complaints) console.log(complaint);
  const aims = {
    "something was killed in every run": result.kills === result.runs,
    "every video is ready": result.ready === result.uploads,
    "every rendition decodes whole": result.faults.length === 0,
    "search agrees with the catalogue": result.agrees,
    "no object is missing": audit.missing.length === 0,
    "no object is damaged": audit.damaged.length === 0,
    "no object is left over": audit.leftOver.length === 0,
    "no message is left": audit.messages === 0,
    "no process is left": stack.survivors.length === 0,
    "no temporary folder is left": scratch.length === 0,
  };
  const [firstStart = 0, ...restarts] = stack.startSeconds;
  printReport(
    "chaos",
    {
      seed,
      runs: result.runs,
      kills: result.kills,
      videos: result.uploads,
      "videos ready": result.ready,
      "last kill to all ready, s": result.readySeconds,
      "renditions decoded": result.renditions,
      "renditions with a fault": result.faults.length,
      objects: audit.objects,
      "objects missing": audit.missing.length,
      "objects damaged": audit.damaged.length,
      "objects left over": audit.leftOver.length,
      "messages left": audit.messages,
      "first start, s": firstStart,
      "slowest start after a kill, s": Math.max(0, ...restarts),
      minutes: (performance.now() - started) / 60_000,
    },
    aims,
  );
  process.exitCode = Object.values(aims).every(Boolean) ? 0 : 1;
} finally {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}
// An abandoned request to the product may still wait for its response.
process.exit();
