import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { BIN, ROOT } from "../dev/settings.ts";
import { ACCOUNT, deployedAccount, INSTANCE } from "./accounts.fixture.ts";
import { writeConfigFile } from "./config-file.ts";
import { readProduct } from "./product.ts";
import { layOutSite } from "./site.ts";
import { workerConfig, workerPatterns } from "./wrangler-config.ts";

const product = readProduct();
const folder = await mkdtemp(join(tmpdir(), "kinora-config-"));
afterAll(() => rm(folder, { recursive: true }));

const wrangler = (args: string[], cwd = ROOT) =>
  promisify(execFile)(join(BIN, "wrangler"), args, {
    cwd,
    env: {
      ...process.env,
      PATH: `${BIN}:${process.env["PATH"] ?? ""}`,
      CI: "1",
      WRANGLER_SEND_METRICS: "false",
      // Nothing in the test may access an account.
      CLOUDFLARE_API_TOKEN: "none",
    },
  });

const ids = {
  account: ACCOUNT,
  databases: { CATALOG: "id-of-catalog", SEARCH: "id-of-search" },
  zone: "example.com",
};

test("an instance has its own names, ids, variables and routes", () => {
  const instance = {
    ...INSTANCE,
    name: "acme",
    region: "oc" as const,
    vars: { SIGNUP: "closed", MAX_RUNNERS: "3", DEV_MAIL: "true" },
  };
  const config = workerConfig(instance, product, ids);
  expect(config).toMatchObject({
    name: "acme",
    account_id: ACCOUNT,
    vars: {
      PUBLIC_ORIGIN: "https://video.example.com",
      S3_ENDPOINT: `https://${ACCOUNT}.r2.cloudflarestorage.com`,
      S3_BUCKET: "acme-media",
      REGION: "oc",
      SIGNUP: "closed",
      MAX_RUNNERS: "3",
      // The settings may contain anything that an operator writes into the file.
      DEV_MAIL: "false",
      LOCAL_RUNNER_SECRET: "",
    },
    r2_buckets: [{ bucket_name: "acme-media" }],
    containers: [{ max_instances: 3, constraints: { regions: ["OC", "APAC"] } }],
  });
  expect(config.d1_databases?.[0]).toMatchObject({
    binding: "CATALOG",
    database_name: "acme-catalog",
    database_id: "id-of-catalog",
    migrations_dir: "migrations/catalog",
  });
  expect(config.queues?.consumers).toContainEqual(
    expect.objectContaining({ queue: "acme-events", dead_letter_queue: "acme-events-dead" }),
  );
  const limits = (one: typeof config) => one.ratelimits?.map(({ namespace_id: id }) => id);
  expect(new Set(limits(config)).size).toBe(product.config.ratelimits?.length);
  expect(limits(config)).not.toEqual(limits(product.config));
  expect(limits(workerConfig(INSTANCE, product, ids))).toEqual(limits(product.config));
  expect(config.routes).toContainEqual({
    pattern: "video.example.com/v1/*",
    zone_name: "example.com",
  });
  // Nothing of the development settings reaches production.
  expect(config).not.toHaveProperty("build");
  expect(config).not.toHaveProperty("dev");
  expect(JSON.stringify(config)).not.toMatch(/local-secret|localhost/);
});

test("without its own hostname an instance has no routes, and without a token no secrets for it", () => {
  const instance = { ...INSTANCE, domain: "", uploads: "worker" as const };
  const config = workerConfig(instance, product, { ...ids, zone: null });
  expect(config).not.toHaveProperty("routes");
  expect(config.vars).toMatchObject({
    PUBLIC_ORIGIN: "https://kinora-web.pages.dev",
    UPLOAD_PARTS: "worker",
  });
  expect(config.secrets?.required).not.toContain("S3_ACCESS_KEY_ID");
  expect(config.secrets?.required).toContain("TASK_SECRET");
});

test("Worker routes are exactly the paths that Pages would only forward", () => {
  const patterns = workerPatterns("a.example", product.functionPaths);
  for (const path of ["/v1/*", "/media/*", "/api/*", "/healthz*", "/docs*", "/oembed*"])
    expect(patterns).toContain(`a.example${path}`);
  for (const page of ["watch", "embed", "search", "creator", "docs/"])
    expect(patterns.join()).not.toContain(`a.example/${page}`);
});

test("wrangler accepts the configuration and bundles the instance's Worker with it", async () => {
  const state = deployedAccount(INSTANCE, product);
  await using config = await writeConfigFile({ ...INSTANCE, name: "acme" }, product, state);
  const { stdout } = await wrangler([
    ...["deploy", "--dry-run", "--containers-rollout=none"],
    ...["--config", config.path, "--outdir", join(folder, "worker")],
  ]);
  expect(stdout).toContain("acme-catalog");
  expect(stdout).toContain("acme-events");
  expect(stdout).toContain("https://video.example.com");
  expect(await readFile(join(folder, "worker/index.js"), "utf8")).toContain("PublicReads");
}, 180_000);

test("the folder of the site has the functions and the binding to the Worker of the instance", async () => {
  const site = await layOutSite({ ...INSTANCE, name: "acme" }, product, join(folder, "site"));
  const config = JSON.parse(await readFile(join(site, "wrangler.json"), "utf8")) as unknown;
  expect(config).toMatchObject({
    name: "acme-web",
    services: [{ binding: "API", service: "acme" }],
  });
  await writeFile(join(site, "index.html"), "");
  await wrangler(["pages", "functions", "build", "--outdir", join(folder, "functions")], site);
  const bundle = await readFile(join(folder, "functions/index.js"), "utf8");
  expect(bundle).toContain("/watch/:id");
}, 180_000);
