import { readdirSync, readFileSync } from "node:fs";
import { hrtime } from "node:process";
import { FinishMessage } from "../../workers/contract/messages.ts";
import type { ClaimedTask } from "../../workers/contract/runner-api.ts";
import { catalog, runBatch } from "../../workers/db/client.ts";
import { videos } from "../../workers/db/schema.ts";
import { startTranscode } from "../../workers/db/transcoding/transcodes.ts";
import { planSettings, planTask } from "../../workers/domain/tasks/plan-settings.ts";
import { consume } from "../../workers/jobs/consume.ts";
import { createJobContext, createRunnerContext } from "../../workers/jobs/job-context.ts";
import { containerEnded } from "../../workers/jobs/runners/runner-work.ts";
import { recoverExpired } from "../../workers/jobs/tasks/recover.ts";
import { wakeRunners } from "../../workers/jobs/tasks/wake.ts";
import { runWorkerTasks, takeOverWorkerTasks } from "../../workers/jobs/tasks/worker-tasks.ts";
import { relayOutbox } from "../../workers/services/outbox.ts";
import { Fleet } from "./fleet.ts";
import { VirtualDesk } from "./virtual-desk.ts";
import { MemoryBucket } from "./memory-bucket.ts";
import { randomOf } from "../random.ts";
import { ProductLog } from "./product-log.ts";
import { reportOf, type SimulationOptions, type SimulationReport, type Upload } from "./report.ts";
import { TASK_COUNTERS } from "./task-counts.ts";
import { VirtualD1 } from "./virtual-d1.ts";
import { VirtualQueue } from "./virtual-queue.ts";
import { VirtualTime } from "./virtual-time.ts";

type SimEnv = Parameters<typeof createRunnerContext>[0];

const START = Date.UTC(2026, 10, 23, 8);
const SHORTEST_SECONDS = 15;
const LONGEST_SECONDS = 90;
const CRON_INTERVAL_MS = 60_000;
const CHECK_INTERVAL_MS = 1000;

export class Simulation {
  readonly #options: SimulationOptions;
  readonly #time = new VirtualTime(START);
  readonly #random: () => number;
  readonly #d1: VirtualD1;
  readonly #queue: VirtualQueue;
  readonly #fleet: Fleet;
  readonly #log = new ProductLog();
  readonly #env: SimEnv;
  readonly #desk: VirtualDesk;
  readonly #uploads = new Map<string, Upload>();
  readonly #background = new Set<Promise<unknown>>();
  /** A creator's videos that are not ready yet. */
  readonly #open = new Map<string, number>();
  #readyAt = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = randomOf(options.seed);
    Math.random = this.#random;
    this.#time.install();
    this.#log.install();
    this.#d1 = new VirtualD1(this.#time);
    this.#migrate();
    this.#queue = new VirtualQueue(this.#time, this.#random);
    this.#fleet = new Fleet(this.#time, {
      idleMs: 45_000,
      context: () => createRunnerContext(this.#env, this.#ctx),
      durationOf: (sourceKey) => this.#uploads.get(sourceKey)?.duration ?? Number.NaN,
      onEnd: (id) => this.#later(this.#giveBack(id)),
      onStart: (task) => this.#noteStart(task),
      random: this.#random,
    });
    this.#env = this.#makeEnv();
    this.#desk = new VirtualDesk(this.#time, () => createJobContext(this.#env));
    this.#queue.consume = (bodies) => {
      const batch = { queue: "transcode", messages: bodies.map((body) => ({ body, ack() {} })) };
      return consume({ ...batch, ackAll() {} } as never, this.#env, () => Promise.resolve());
    };
  }

  async run(): Promise<SimulationReport> {
    const began = hrtime.bigint();
    this.#schedule();
    await this.#time.run(() => this.#readyAt > 0);
    this.#log.uninstall();
    return reportOf({
      options: this.#options,
      uploads: [...this.#uploads.values()],
      seconds: (this.#readyAt - START) / 1000,
      start: START,
      d1: this.#d1,
      fleet: this.#fleet,
      queue: this.#queue,
      log: this.#log,
      realSeconds: Number(hrtime.bigint() - began) / 1e9,
    });
  }

  get #ctx() {
    return {
      waitUntil: (work: Promise<unknown>) => {
        const tracked = work.catch(() => undefined).finally(() => this.#background.delete(tracked));
        this.#background.add(tracked);
      },
    };
  }

  #migrate(): void {
    const folder = new URL("../../migrations/catalog/", import.meta.url);
    for (const file of readdirSync(folder).toSorted())
      if (file.endsWith(".sql")) this.#d1.sqlite.exec(readFileSync(new URL(file, folder), "utf8"));
    this.#d1.sqlite.exec(TASK_COUNTERS);
  }

  #makeEnv(): SimEnv {
    const nothing = async (): Promise<void> => undefined;
    return {
      CATALOG: this.#d1,
      MEDIA: new MemoryBucket(),
      TRANSCODE: this.#queue,
      EVENTS: {
        send: async (body: unknown) => {
          if (FinishMessage.safeParse(body).success) this.#later(takeOverWorkerTasks(this.#env));
        },
        sendBatch: nothing,
      },
      CLAIM_DESK: { getByName: () => this.#desk },
      RUNNER: {
        getByName: (id: string) => ({
          wake: async () => {
            await this.#time.sleep(5);
            this.#fleet.wake(id);
          },
        }),
      },
      MAX_RUNNERS: String(this.#options.runners),
      SLOTS_PER_RUNNER: "1",
      RUNNER_IDLE_SECONDS: "45",
      LOCAL_RUNNER_SECRET: "",
      REGION: "",
      SECOND_CODEC: "none",
      NORMALIZE_LOUDNESS: "true",
      AUDIO_UPLOADS: "true",
      PASSTHROUGH: "false",
      ENCODE_MINUTES_PER_DAY: "6000",
      TASK_SECRET: "not a secret, and long enough for HS256",
    } as never;
  }

  #schedule(): void {
    const { shorts, creators, arrivalSeconds, deploys, deaths, longVideoSeconds } = this.#options;
    const long = { id: "long", ownerId: "studio", duration: longVideoSeconds, at: START };
    const others = Array.from({ length: shorts }, (_, index) => ({
      id: `short ${index + 1}`,
      ownerId: `creator ${Math.floor(this.#random() * creators) + 1}`,
      duration: Math.round(
        SHORTEST_SECONDS + this.#random() * (LONGEST_SECONDS - SHORTEST_SECONDS),
      ),
      at: START + this.#random() * arrivalSeconds * 1000,
    }));
    for (const upload of [long, ...others]) {
      this.#uploads.set(upload.id, upload);
      this.#time.after(upload.at - START, () => this.#later(this.#complete(upload)));
    }
    const middle = arrivalSeconds * 1000;
    for (let deploy = 1; deploy <= deploys; deploy++)
      this.#time.after((middle * deploy) / (deploys + 1), () => {
        this.#desk.reset();
        this.#fleet.deploy();
      });
    for (let death = 0; death < deaths; death++)
      this.#time.after(20_000 + this.#random() * middle, () => this.#fleet.kill());
    const cron = (): void => {
      this.#later(this.#sweep());
      this.#time.after(CRON_INTERVAL_MS, cron);
    };
    this.#time.after(CRON_INTERVAL_MS / 2, cron);
    const check = (): void => {
      this.#noteReady();
      this.#time.after(CHECK_INTERVAL_MS, check);
    };
    this.#time.after(CHECK_INTERVAL_MS, check);
  }

  #later(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#log.count(`sim: ${String(error)}`));
  }

  /** Completes an upload: writes what the API writes. */
  async #complete(upload: Upload): Promise<void> {
    const db = catalog(this.#env);
    const now = Date.now();
    upload.isOnly = (this.#open.get(upload.ownerId) ?? 0) === 0;
    this.#open.set(upload.ownerId, (this.#open.get(upload.ownerId) ?? 0) + 1);
    const { id, ownerId } = upload;
    const video = { id, ownerId, version: 1, sourceKey: id, contentKey: "not used" };
    const row = { ...video, title: id, state: "queued" as const, createdAt: now, updatedAt: now };
    await runBatch(db, [
      db.insert(videos).values(row),
      ...startTranscode(db, video, planTask(planSettings(this.#env), false), now),
    ]);
    await relayOutbox(this.#env);
  }

  /** The steps of the cron that concern tasks. */
  async #sweep(): Promise<void> {
    const context = createJobContext(this.#env);
    await relayOutbox(this.#env);
    await recoverExpired(context);
    await wakeRunners(context, Date.now(), { trust: false });
    await runWorkerTasks(context);
  }

  /** The work of a container's Durable Object when the container has ended. */
  async #giveBack(runner: string): Promise<void> {
    const context = createRunnerContext(this.#env, this.#ctx);
    await containerEnded(context, runner, "It has ended.", Date.now());
  }

  #noteStart({ inputs }: ClaimedTask): void {
    const upload = this.#uploads.get(inputs["source"] ?? "");
    if (upload) upload.startedAt ??= this.#time.now;
  }

  #noteReady(): void {
    const { sqlite } = this.#d1;
    const rows = sqlite
      .prepare("SELECT r.id, v.owner_id AS owner FROM sim_ready r JOIN videos v ON v.id = r.id")
      .all() as { id: string; owner: string }[];
    if (rows.length === 0) return;
    sqlite.exec("DELETE FROM sim_ready");
    for (const { id, owner } of rows) {
      this.#open.set(owner, (this.#open.get(owner) ?? 1) - 1);
      this.#done.add(id);
    }
    if (this.#done.size === this.#uploads.size) this.#readyAt = this.#time.now;
  }

  readonly #done = new Set<string>();
}
