import { rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { z } from "zod";
import { TASK_SECONDS } from "../../workers/domain/task-time.ts";
import { probeCapabilities } from "./runtime/capabilities.ts";
import { diskOfTask, memoryOfTask } from "./runtime/host-resources.ts";
import { openScratch } from "./runtime/scratch.ts";
import { createTranscoder } from "./server.ts";
import { resolveTools } from "./runtime/tools.ts";

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** Tasks at once; one a core by default. */
  SLOTS: z.coerce.number().int().min(1).max(64).default(availableParallelism()),
  /** Processor threads of each task; the cores shared out evenly by default. */
  THREADS: z.coerce.number().int().min(1).max(64).optional(),
  /** Bytes of memory that each task may take; the machine's shared out evenly by default. */
  MEMORY_LIMIT: z.coerce.number().int().positive().optional(),
  /** Bytes of the disk that each task may take; what is free shared out evenly by default. */
  DISK_LIMIT: z.coerce.number().int().positive().optional(),
  /** Bytes of the disk on which sources are kept while their tasks go on. */
  SOURCE_CACHE_BYTES: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(1024 ** 3),
  /** Seconds that running tasks get after SIGTERM. Cloudflare kills a container 15 minutes after it. */
  GRACE_SECONDS: z.coerce
    .number()
    .nonnegative()
    .default(TASK_SECONDS + 30),
});

const environment = Environment.parse(process.env);
const tools = resolveTools(process.env);
const capabilities = await probeCapabilities(tools);
const folder = await openScratch(tmpdir());
const { SLOTS: slots, SOURCE_CACHE_BYTES: cacheLimit } = environment;
const { server, runner } = createTranscoder({
  tools,
  capabilities,
  slots,
  threads: environment.THREADS ?? Math.max(1, Math.floor(availableParallelism() / slots)),
  memoryLimit: environment.MEMORY_LIMIT ?? memoryOfTask(slots),
  diskLimit: environment.DISK_LIMIT ?? (await diskOfTask(folder, cacheLimit, slots)),
  cacheLimit,
  folder,
});

let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  await runner.drain(environment.GRACE_SECONDS * 1000);
  server.close();
  server.closeIdleConnections();
  await rm(folder, { recursive: true, force: true });
};
process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());

server.listen(environment.PORT, () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : address;
  console.log(
    `transcoder on port ${port}, ${slots} slots, ${tools.ffmpeg}: ${capabilities.version}`,
  );
});
