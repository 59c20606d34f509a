import type { TestProject } from "vitest/node";
import { startDevStack } from "../../../scripts/product/dev-stack.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The public origin of the running product. */
    origin: string;
  }
}

/**
 * Starts one stack for all files, with one slot, so that a video stays `playable` for a while. KINORA_ORIGIN is the origin
 * of a running stack to use instead.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const runningOrigin = process.env["KINORA_ORIGIN"];
  if (runningOrigin) {
    project.provide("origin", runningOrigin);
    return undefined;
  }
  const stack = await startDevStack({ slots: 1 });
  project.provide("origin", stack.origin);
  return () => stack.stop();
}
