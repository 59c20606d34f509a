import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";

/** Cores of Cloudflare's instance types (developers.cloudflare.com/containers/platform/limits). */
const CORES: Record<string, number> = { "standard-2": 1, "standard-3": 2, "standard-4": 4 };

it("the image runs as an unprivileged user", async () => {
  const image = await readFile(new URL("Dockerfile", import.meta.url), "utf8");
  const stage = image.slice(image.lastIndexOf("\nFROM "));
  const user = [...stage.matchAll(/^USER (\S+)$/gm)].at(-1)?.[1];
  expect(stage).toContain(`useradd --system --no-create-home --shell /usr/sbin/nologin ${user}\n`);
});

/** Packages that a module and those it imports need at run time. */
async function packagesOf(module: URL, seen = new Set<string>()): Promise<Set<string>> {
  const packages = new Set<string>();
  if (seen.has(module.href)) return packages;
  seen.add(module.href);
  const text = await readFile(module, "utf8");
  for (const [, name = ""] of text.matchAll(
    /^(?:import|export)(?! type)[^;]*? from "([^"]+)";/gm,
  )) {
    if (!name.startsWith(".")) packages.add(name);
    else for (const more of await packagesOf(new URL(name, module), seen)) packages.add(more);
  }
  return packages;
}

it("the image has every package that the transcoder imports", async () => {
  const image = await readFile(new URL("Dockerfile", import.meta.url), "utf8");
  const installed = [...(/\[("zod"[^\]]*)\]/.exec(image)?.[1] ?? "").matchAll(/"(.+?)"/g)];
  const needed = await packagesOf(new URL("main.ts", import.meta.url));
  expect(new Set(installed.map(([, name]) => name))).toEqual(
    new Set([...needed].filter((name) => !name.startsWith("node:"))),
  );
});

it("a deployment runs one task per core, on the maximum number of containers", async () => {
  const config = await readFile(new URL("../../wrangler.toml", import.meta.url), "utf8");
  function setting(name: string): string | undefined {
    return new RegExp(`^${name} = "?([\\w-]+)`, "m").exec(config)?.[1];
  }
  expect(Number(setting("SLOTS_PER_RUNNER"))).toBe(CORES[setting("instance_type") ?? ""]);
  expect(setting("MAX_RUNNERS")).toBe(setting("max_instances"));
});

it("every entrypoint is listed with its cache setting, because an unlisted one would be cached", async () => {
  const config = await readFile(new URL("../../wrangler.toml", import.meta.url), "utf8");
  const index = await readFile(new URL("../../workers/index.ts", import.meta.url), "utf8");
  const exported = [
    ...[...index.matchAll(/^export \{ ([^}]+) \}/gm)].flatMap(([, names = ""]) =>
      names.split(", "),
    ),
    ...[...index.matchAll(/^export (?:class|const|function) (\w+)/gm)].map(([, name = ""]) => name),
    "default",
  ];
  const objects = [...config.matchAll(/^class_name = "(\w+)"/gm)].map(([, name]) => name);
  const listed = [
    ...config.matchAll(/^\[exports\.(\w+)\]\ntype = "worker"\ncache\.enabled = (true|false)$/gm),
  ].map(([, name]) => name);
  const entrypoints = exported.filter((name) => !objects.includes(name));
  expect(entrypoints).toContain("Media");
  expect(new Set(listed)).toEqual(new Set(entrypoints));
  expect(listed).toHaveLength(entrypoints.length);
});

it("the Worker of each benchmark has all entrypoints and Durable Objects, without which it cannot respond", async () => {
  const folder = new URL("../../benchmarks/", import.meta.url);
  const workers = (await readdir(folder)).filter((name) => name.endsWith("-worker.ts"));
  const sources = await Promise.all(workers.map((name) => readFile(new URL(name, folder), "utf8")));
  const ofProduct = sources.filter((source) => source.includes('from "../workers/index.ts"'));
  expect(ofProduct.length).toBeGreaterThan(2);
  for (const source of ofProduct) expect(source).toContain('export * from "../workers/index.ts"');
});

it("the read limit per address for cheap reads is ten times that for searches and lists", async () => {
  const config = await readFile(new URL("../../wrangler.toml", import.meta.url), "utf8");
  const limits = Object.fromEntries(
    [
      ...config.matchAll(/^name = "(\w+_LIMIT)"\n.+\nsimple = \{ limit = (\d+), period = 60 \}/gm),
    ].map(([, name, limit]) => [name, Number(limit)]),
  );
  // The same limits as in workers/routes/public-reads.test.ts.
  expect(limits).toMatchObject({ READ_LIMIT: 3000, ADDRESS_READ_LIMIT: 30_000 });
});
