import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test, vi } from "vitest";
import { expectNoSecrets, searchConsole } from "./searched-log.ts";
import { searchProcess } from "./transcoder/searched-process.ts";

const line = (error: string) => JSON.stringify({ severity: "error", event: "task.error", error });
const SECRET = line("authorization: Bearer abcdefghijklmnop");
const FOUND = `The log has a bearer token: ${SECRET}`;

test("log lines that a test hides from the console are searched too", () => {
  searchConsole();
  const kept = vi.spyOn(console, "error").mockImplementation(() => {});
  console.error(SECRET);
  console.error(line("The storage does not answer."));
  expect(kept).toHaveBeenCalledTimes(2);
  expect(expectNoSecrets).toThrow(FOUND);
  // Each finding is reported once.
  expectNoSecrets();
  kept.mockRestore();
});

test("the output of a process is searched line by line", async () => {
  const script = `process.stderr.write(process.argv[1].slice(0, 50));
    setTimeout(() => process.stderr.write(process.argv[1].slice(50) + "\\n"), 20);`;
  const child = spawn(process.execPath, ["-e", script, SECRET], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  searchProcess(child);
  await once(child, "close");
  expect(expectNoSecrets).toThrow(FOUND);
});
