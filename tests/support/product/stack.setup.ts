import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startDevStack } from "../../../scripts/product/dev-stack.ts";
import { secretsInLog } from "../secrets-in-log.ts";
import { publishWhiteVideo } from "./white-video.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The public origin of the running product. */
    origin: string;
    /** Folder of the product's databases. */
    state: string;
  }
}

/**
 * Starts one stack for all files, with one slot, so that a video stays `playable` for a while. KINORA_ORIGIN is the origin
 * of a running stack to use instead, and KINORA_STATE its folder.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const runningOrigin = process.env["KINORA_ORIGIN"];
  if (runningOrigin) {
    project.provide("origin", runningOrigin);
    project.provide("state", process.env["KINORA_STATE"] ?? "");
    return undefined;
  }
  const stack = await startDevStack({ slots: 1 });
  // Published once before the files that use it, because two of them run at the same time.
  const folder = await mkdtemp(join(tmpdir(), "kinora-white-"));
  await publishWhiteVideo(stack.origin, folder);
  await rm(folder, { recursive: true, force: true });
  project.provide("origin", stack.origin);
  project.provide("state", stack.state);
  return async () => {
    await stack.stop();
    const secrets = secretsInLog(stack.log());
    if (secrets.length > 0) throw new Error(`The log has\n${secrets.join("\n")}`);
  };
}
