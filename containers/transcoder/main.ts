import { rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { z } from "zod";
import { MAX_TASK_SECONDS } from "../../workers/domain/task-time.ts";
import { probeCapabilities } from "./runtime/capabilities.ts";
import { diskPerTask, memoryPerTask } from "./runtime/host-resources.ts";
import { openScratch } from "./runtime/scratch.ts";
import { createTranscoder } from "./server.ts";
import { resolveTools } from "./runtime/tools.ts";

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
  /** How long running tasks may continue after SIGTERM. Cloudflare kills a container 15 minutes after it. */
  GRACE_SECONDS: z.coerce
    .number()
    .nonnegative()
    .default(MAX_TASK_SECONDS + 30),
});

const environment = Environment.parse(process.env);
const tools = resolveTools(process.env);
const capabilities = await probeCapabilities(tools);
const folder = await openScratch(tmpdir());
const { SLOTS: slots, SOURCE_CACHE_BYTES: maxCacheBytes } = environment;
const { server, runner } = createTranscoder({
  tools,
  capabilities,
  slots,
  threads: environment.THREADS ?? Math.max(1, Math.floor(availableParallelism() / slots)),
  maxMemoryBytes: environment.MEMORY_LIMIT ?? memoryPerTask(slots),
  maxDiskBytes: environment.DISK_LIMIT ?? (await diskPerTask(folder, maxCacheBytes, slots)),
  maxCacheBytes,
  folder,
});

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await runner.drain(environment.GRACE_SECONDS * 1000);
  server.close();
  server.closeIdleConnections();
  await rm(folder, { recursive: true, force: true });
}
process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());

server.listen(environment.PORT, () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : address;
  console.log(
    `transcoder on port ${port}, ${slots} slots, ${tools.ffmpeg}: ${capabilities.version}`,
  );
});
