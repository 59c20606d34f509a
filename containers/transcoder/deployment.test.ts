import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

/** Cores of Cloudflare's instance types (developers.cloudflare.com/containers/platform/limits). */
const CORES: Record<string, number> = { "standard-2": 1, "standard-3": 2, "standard-4": 4 };

it("the image runs as an unprivileged user", async () => {
  const image = await readFile(new URL("Dockerfile", import.meta.url), "utf8");
  const stage = image.slice(image.lastIndexOf("\nFROM "));
  const user = [...stage.matchAll(/^USER (\S+)$/gm)].at(-1)?.[1];
  expect(stage).toContain(`useradd --system --no-create-home --shell /usr/sbin/nologin ${user}\n`);
});

it("a deployment runs one task per core, on the maximum number of containers", async () => {
  const config = await readFile(new URL("../../wrangler.toml", import.meta.url), "utf8");
  function setting(name: string): string | undefined {
    return new RegExp(`^${name} = "?([\\w-]+)`, "m").exec(config)?.[1];
  }
  expect(Number(setting("SLOTS_PER_RUNNER"))).toBe(CORES[setting("instance_type") ?? ""]);
  expect(setting("RUNNERS")).toBe(setting("max_instances"));
});
