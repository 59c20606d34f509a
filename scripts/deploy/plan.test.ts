import { expect, test } from "vitest";
import { ACCOUNT, deployedAccount, emptyAccount, INSTANCE } from "./accounts.fixture.ts";
import { planDestruction } from "./destroy.ts";
import { planDeployment } from "./plan.ts";
import { readProduct } from "./product.ts";
import { showPlan } from "./show-plan.ts";

const product = readProduct();
const deployed = () => deployedAccount(INSTANCE, product);
const kinds = (state = emptyAccount(), instance = INSTANCE, given: string[] = []) =>
  planDeployment(instance, product, state, given).steps.map(({ kind }) => kind);

test("an empty account gets everything that wrangler.toml lists, in an order that works", () => {
  const plan = planDeployment(INSTANCE, product, emptyAccount());
  expect(plan.obstacles).toEqual([]);
  const databases = (product.config.d1_databases ?? []).map(() => "create-database");
  expect(plan.steps.map(({ kind }) => kind)).toEqual([
    ...databases,
    "create-bucket",
    "set-cors",
    "set-lifecycle",
    ...product.queues.map(() => "create-queue"),
    "create-site",
    ...product.databases.map(() => "migrate"),
    "create-storage-token",
    "generate-secrets",
    "deploy-worker",
    "deploy-site",
    "add-domain",
    "create-admin",
    "smoke-test",
  ]);
  // Every queue has a dead letter queue.
  expect(product.queues).toEqual(expect.arrayContaining(["events", "events-dead"]));
  const shown = showPlan(INSTANCE, emptyAccount(), plan);
  expect(shown).toContain(ACCOUNT);
  expect(shown).toContain("+ D1 database kinora-catalog in weur");
  expect(shown).toContain("+ First administrator ada@example.com, by a link that works once");
});

test("an existing deployment is updated gradually, with smoke tests", () => {
  expect(kinds(deployed())).toEqual(["deploy-worker", "deploy-site", "smoke-test"]);
  const [worker] = planDeployment(INSTANCE, product, deployed()).steps;
  expect(worker).toMatchObject({ way: "gradual" });
});

test("an interrupted deployment continues with the missing steps", () => {
  const state = deployed();
  delete state.databases["SEARCH"];
  state.cors = null;
  state.queues = state.queues.filter(({ queue_name }) => queue_name !== "events-dead");
  state.applied["SEARCH"] = [];
  state.worker = null;
  state.deployment = null;
  state.secrets = [];
  state.admins = 0;
  expect(kinds(state)).toEqual([
    "create-database",
    "set-cors",
    "create-queue",
    "migrate",
    "create-storage-token",
    "generate-secrets",
    "deploy-worker",
    "deploy-site",
    "create-admin",
    "smoke-test",
  ]);
});

test("existing secrets are kept, and those in the environment are not generated", () => {
  const state = deployed();
  state.secrets = state.secrets.filter(({ name }) => name !== "TASK_SECRET");
  expect(planDeployment(INSTANCE, product, state).steps).toContainEqual(
    expect.objectContaining({ kind: "generate-secrets", names: ["TASK_SECRET"] }),
  );
  const given = ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"];
  expect(kinds(emptyAccount(), INSTANCE, given)).not.toContain("create-storage-token");
});

test("uploads through the Worker need no token and no CORS", () => {
  const steps = kinds(emptyAccount(), { ...INSTANCE, uploads: "worker" });
  expect(steps).not.toContain("create-storage-token");
  expect(steps).not.toContain("set-cors");
});

test("new Durable Object classes are deployed at once, since Cloudflare cannot do it gradually", () => {
  const state = deployed();
  state.worker = { ...state.worker, migration_tag: "v1" };
  const [worker] = planDeployment(INSTANCE, product, state).steps;
  expect(worker).toMatchObject({ kind: "deploy-worker", way: "at-once" });
  expect(worker?.what).toContain("no way back");
});

test("nothing is deployed for a hostname without a zone, or over a newer version", () => {
  const state = deployed();
  state.zone = null;
  state.applied["CATALOG"] = [...(state.applied["CATALOG"] ?? []), "9999_later.sql"];
  const { obstacles } = planDeployment(INSTANCE, product, state);
  expect(obstacles).toHaveLength(2);
  expect(obstacles.join()).toMatch(/No zone.*9999_later/s);
});

test("an update whose migrations would break the running Worker is refused, but a first deployment is not", () => {
  const { folder, migrations } = product.databases[0]!;
  const newest = migrations.at(-1)!;
  const breaking = {
    ...product,
    breaking: [`${folder}/${newest}: DROP TABLE videos: drops a table`],
  };
  const state = deployed();
  expect(planDeployment(INSTANCE, breaking, state).obstacles).toEqual([]);
  state.applied["CATALOG"] = migrations.filter((name) => name !== newest);
  expect(planDeployment(INSTANCE, breaking, state).obstacles.join()).toContain("DROP TABLE videos");
  expect(planDeployment(INSTANCE, product, state).obstacles).toEqual([]);
  expect(planDeployment(INSTANCE, breaking, emptyAccount()).obstacles).toEqual([]);
});

test("the plan warns of a missing paid plan, missing mail and lost secrets", () => {
  const state = { ...emptyAccount(), subscriptions: [], admins: 3 };
  const { warnings } = planDeployment({ ...INSTANCE, mailEndpoint: "" }, product, state);
  expect(warnings.join("\n")).toMatch(/Workers Paid[^]*secrets is gone|mail/);
  expect(warnings).toHaveLength(3);
  const unknown = planDeployment(INSTANCE, product, { ...emptyAccount(), subscriptions: null });
  expect(unknown.warnings).toHaveLength(1);
});

test("a queue with the same name of another instance is not taken for ours", () => {
  const other = { ...INSTANCE, name: "acme", domain: "" };
  const state = { ...emptyAccount(), queues: deployed().queues };
  const created = planDeployment(other, product, state).steps.filter(
    (step) => step.kind === "create-queue",
  );
  expect(created.map(({ name }) => name)).toEqual(product.queues.map((queue) => `acme-${queue}`));
});

test("--destroy deletes what belongs to the instance, the Worker before its queues", () => {
  const state = deployed();
  state.queues.push({ queue_id: "foreign", queue_name: "somebody-elses" });
  const parts = planDestruction(INSTANCE, product, state);
  expect(parts.map(({ kind }) => kind)).toEqual([
    "site",
    "worker",
    ...product.queues.map(() => "queue"),
    ...product.databases.map(() => "database"),
    "bucket",
  ]);
  expect(parts.map(({ id }) => id)).not.toContain("foreign");
  expect(planDestruction(INSTANCE, product, emptyAccount())).toEqual([]);
});
