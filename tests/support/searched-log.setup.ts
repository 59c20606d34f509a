import { afterAll, afterEach } from "vitest";
import { expectNoSecrets } from "./searched-log.ts";

// Output of processes that tests start and search (transcoder/searched-process.ts).
afterEach(expectNoSecrets);
afterAll(expectNoSecrets);
