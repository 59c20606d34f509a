import { rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { z } from "zod";
import { probeCapabilities } from "./capabilities.ts";
import { openScratch } from "./scratch.ts";
import { createTranscoder } from "./server.ts";
import { resolveTools } from "./tools.ts";

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** Tasks at once; one a core by default. */
  SLOTS: z.coerce.number().int().min(1).max(64).default(availableParallelism()),
  /** Processor threads of each task; the cores shared out evenly by default. */
  THREADS: z.coerce.number().int().min(1).max(64).optional(),
  /** Resident bytes that one ffmpeg process may take. */
  MEMORY_LIMIT: z.coerce
    .number()
    .int()
    .positive()
    .default(3 * 1024 ** 3),
  /** Bytes of the disk on which sources are kept while their tasks go on. */
  SOURCE_CACHE_BYTES: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(1024 ** 3),
  /** Seconds that running tasks get after SIGTERM. Cloudflare kills a container 15 minutes after it. */
  GRACE_SECONDS: z.coerce.number().nonnegative().default(600),
});

const environment = Environment.parse(process.env);
const tools = resolveTools(process.env);
const capabilities = await probeCapabilities(tools);
const folder = await openScratch(tmpdir());
const { server, runner } = createTranscoder({
  tools,
  capabilities,
  slots: environment.SLOTS,
  threads:
    environment.THREADS ?? Math.max(1, Math.floor(availableParallelism() / environment.SLOTS)),
  memoryLimit: environment.MEMORY_LIMIT,
  cacheLimit: environment.SOURCE_CACHE_BYTES,
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
    `transcoder on port ${port}, ${environment.SLOTS} slots, ${tools.ffmpeg}: ${capabilities.version}`,
  );
});
