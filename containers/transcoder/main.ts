import { rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { z } from "zod";
import { RunnerId } from "../../workers/contract/runners.ts";
import { createHealthServer } from "./health-server.ts";
import { probeCapabilities, runnerCapabilities } from "./runtime/capabilities.ts";
import { unfitness } from "./runtime/fitness.ts";
import { diskPerTask, memoryPerTask } from "./runtime/host-resources.ts";
import { openScratch } from "./runtime/scratch.ts";
import { log } from "./runtime/log.ts";
import { resolveRecogniser } from "./runtime/recogniser.ts";
import { remoteEnvironment } from "./runtime/remote.ts";
import { Runner } from "./runtime/runner.ts";
import { RunnerApi } from "./runtime/runner-api.ts";
import { resolveTools } from "./runtime/tools.ts";
import { WorkLoop } from "./runtime/work-loop.ts";

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** Tasks that run at once; by default one per core. */
  SLOTS: z.coerce.number().int().min(1).max(64).default(availableParallelism()),
  /** Processor threads per task; by default an equal share of the cores. */
  THREADS: z.coerce.number().int().min(1).max(64).optional(),
  /** Bytes of memory per task; by default an equal share of the host's. */
  MEMORY_LIMIT: z.coerce.number().int().positive().optional(),
  /** Bytes of disk per task; by default an equal share of what is free. */
  DISK_LIMIT: z.coerce.number().int().positive().optional(),
  /** Bytes of disk for cached sources. */
  SOURCE_CACHE_BYTES: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(1024 ** 3),
  /** How long running tasks may continue after SIGTERM before they are handed back. */
  GRACE_SECONDS: z.coerce.number().nonnegative().default(10),
  /** Base URL of the runner API (workers/contract/runner-api.ts). */
  RUNNER_API: z.url(),
  RUNNER_ID: RunnerId,
  /** Bearer token for the runner API; a container needs none. */
  RUNNER_TOKEN: z.string().min(1).optional(),
  /** The process ends after this long without work; without it, never. */
  RUNNER_IDLE_SECONDS: z.coerce.number().positive().optional(),
});

const environment = Environment.parse({ ...process.env, ...remoteEnvironment(process.env) });
const tools = resolveTools(process.env);
const recogniser = resolveRecogniser(process.env);
const capabilities = await probeCapabilities(tools);
const folder = await openScratch(tmpdir());
const { SLOTS: slots, SOURCE_CACHE_BYTES: maxCacheBytes, RUNNER_ID: id } = environment;
const api = new RunnerApi({
  base: environment.RUNNER_API.replace(/\/+$/, ""),
  token: environment.RUNNER_TOKEN,
});
const runner = new Runner({
  tools,
  capabilities,
  recogniser,
  slots,
  threads: environment.THREADS ?? Math.max(1, Math.floor(availableParallelism() / slots)),
  maxMemoryBytes: environment.MEMORY_LIMIT ?? memoryPerTask(slots),
  maxDiskBytes: environment.DISK_LIMIT ?? (await diskPerTask(folder, maxCacheBytes, slots)),
  maxCacheBytes,
  folder,
  storageHeaders: api.headers,
});
const loop = new WorkLoop({
  api,
  id,
  runner,
  capabilities: runnerCapabilities(capabilities, recogniser !== null),
  slots,
  idleMs: (environment.RUNNER_IDLE_SECONDS ?? Infinity) * 1000,
  unfitness: () => unfitness(folder),
});

let stopping: Promise<void> | undefined;
/** Hands back tasks that do not end within the grace period. Docker and Cloudflare send SIGTERM, a terminal SIGINT. */
function stop(): void {
  stopping ??= loop.stop(environment.GRACE_SECONDS * 1000);
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

const server = createHealthServer(async () => ({
  slots,
  running: runner.running,
  draining: stopping !== undefined,
  unfit: await unfitness(folder),
  ffmpeg: capabilities.version,
  encoders: [...capabilities.encoders],
}));
server.listen(environment.PORT, () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : address;
  log("runner.started", { runner: id, port, slots, ffmpeg: capabilities.version });
});

const end = await loop.run();
await stopping;
log("runner.ended", { runner: id, ...end });
await rm(folder, { recursive: true, force: true });
// The exit code reports a fault of this host to the supervisor that restarts the process.
process.exit(end.type === "unfit" ? 1 : 0);
