import type { TestProject } from "vitest/node";
import { startDevStack } from "../../../scripts/product/dev-stack.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The public origin of the running product. */
    origin: string;
  }
}

/**
 * One product for all files: one runner with one slot, so that a film stays `playable` for a while.
 * KINORA_ORIGIN names one that runs already.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const running = process.env["KINORA_ORIGIN"];
  if (running) {
    project.provide("origin", running);
    return undefined;
  }
  const stack = await startDevStack({ slots: 1 });
  project.provide("origin", stack.origin);
  return () => stack.stop();
}
