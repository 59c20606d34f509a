import { afterEach } from "vitest";
import { expectNoSecrets, searchConsole } from "../searched-log.ts";

// Lines of the transcoder's log that no operator should see.
searchConsole();
afterEach(expectNoSecrets);
