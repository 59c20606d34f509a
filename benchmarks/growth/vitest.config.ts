import { defineConfig } from "vitest/config";
import { worker } from "../../vitest.config.ts";

/** The simulated year runs like a test of the Worker: in workerd, with D1, R2 and Durable Objects. */
export default defineConfig({
  ...worker,
  test: {
    ...worker.test,
    include: ["benchmarks/growth/*.sim.ts"],
    testTimeout: 3_600_000,
  },
});
