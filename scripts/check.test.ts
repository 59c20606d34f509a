import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";

test("an audit that the registry cannot answer is reported in the last line of the check", async () => {
  const registry = createServer((_, response) => response.writeHead(405).end()).listen(0);
  onTestFinished(() => void registry.close());
  await once(registry, "listening");
  const { port } = registry.address() as AddressInfo;
  const check = spawn(process.execPath, [join(import.meta.dirname, "check.ts"), "audit"], {
    env: {
      ...process.env,
      npm_config_registry: `http://localhost:${port}/`,
      npm_config_fetch_retries: "0",
      GITHUB_ACTIONS: "true",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output, [code]] = await Promise.all([text(check.stdout), once(check, "exit")]);
  expect(code).toBe(0);
  const lines = output.trim().split("\n");
  expect(lines[0]).toMatch(/^NONE {2}audit/);
  expect(lines.at(-2)).toMatch(/^NOT CHECKED {2}audit: /);
  expect(lines.at(-1)).toMatch(/^::warning title=Not checked::audit: /);
}, 30_000);
