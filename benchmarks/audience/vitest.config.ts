import { defineConfig } from "vitest/config";
import { worker } from "../../vitest.config.ts";

/** `npm run sim:audience`: the test of the simulated audience with ten times as many sessions. */
export default defineConfig({
  ...worker,
  test: {
    ...worker.test,
    include: ["workers/jobs/views/audience-sim.test.ts"],
    provide: { sessions: 10_000 },
    testTimeout: 600_000,
  },
});
