import { expect, test } from "vitest";
import { readSettings } from "../dev/settings.ts";
import { reservePorts } from "./dev-stack.ts";

/** Proposes these ports in order. */
function pickFrom(ports: number[]): () => number {
  const rest = [...ports];
  return () => rest.shift() ?? 0;
}

test("every process of a stack with several runners has its own reserved port", async () => {
  // A second transcoder on "the port after the first" would take the site's port here.
  const picked = [21_401, 21_403, 21_402, 21_403, 21_409];
  const settings = readSettings(await reservePorts(2, pickFrom(picked)));
  expect(settings).toMatchObject({
    workerPort: 21_401,
    sitePort: 21_403,
    transcoderPorts: [21_402, 21_409],
  });
});
