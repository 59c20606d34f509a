import type { AccountState } from "./account-state.ts";
import { hostOf, type Instance, originOf, siteName } from "./instance.ts";
import { instanceName, queueName, tokenName } from "./names.ts";
import type { Product } from "./product.ts";
import { secretsOf, STORAGE_SECRETS } from "./wrangler-config.ts";

/** One change of the account. `what` describes it in words. */
export type Step = { what: string } & (
  | { kind: "create-database"; binding: string; name: string }
  | { kind: "create-bucket"; name: string }
  | { kind: "set-cors"; bucket: string; origins: string[] }
  | { kind: "set-lifecycle"; bucket: string }
  | { kind: "create-queue"; name: string }
  | { kind: "create-site"; name: string }
  | { kind: "migrate"; binding: string }
  | { kind: "create-storage-token"; bucket: string }
  | { kind: "generate-secrets"; names: string[] }
  /**
   * `at-once` is also used for the first deployment and for one that adds Durable Object classes: Cloudflare neither
   * deploys these gradually nor rolls back to a version from before them.
   */
  | { kind: "deploy-worker"; way: "gradual" | "at-once" }
  | { kind: "deploy-site" }
  | { kind: "add-domain"; name: string }
  | { kind: "create-admin"; email: string }
  | { kind: "smoke-test"; origin: string }
);

export interface Plan {
  /** To be carried out in this order. */
  steps: Step[];
  /** Resources that exist and need no change. */
  kept: string[];
  /** A warning; the deployment continues. */
  warnings: string[];
  /** Reasons why the deployment cannot run. */
  obstacles: string[];
}

/** One rule of CORS: browsers PUT parts and read the ETag of the answer. */
export const corsRules = (origins: string[]) => [
  {
    allowed: { origins, methods: ["PUT" as const], headers: ["content-type"] },
    exposeHeaders: ["ETag"],
    maxAgeSeconds: 3600,
  },
];

const ABORT_AFTER_SECONDS = 7 * 86_400;
export const LIFECYCLE_RULE = {
  id: "abort-uploads",
  enabled: true,
  conditions: { prefix: "" },
  abortMultipartUploadsTransition: {
    condition: { type: "Age" as const, maxAge: ABORT_AFTER_SECONDS },
  },
};

/** Collects steps and the resources that need none. */
class Planning implements Plan {
  readonly steps: Step[] = [];
  readonly kept: string[] = [];
  readonly warnings: string[] = [];
  readonly obstacles: string[] = [];

  add(step: Step, isNeeded: boolean, what = step.what): void {
    if (isNeeded) this.steps.push(step);
    else this.kept.push(what);
  }
}

function planStorage(plan: Planning, instance: Instance, product: Product, state: AccountState) {
  const near = instance.region === "" ? "" : ` in ${instance.region}`;
  for (const { binding, database_name } of product.config.d1_databases ?? []) {
    const name = instanceName(instance, database_name ?? binding);
    plan.add(
      { kind: "create-database", binding, name, what: `D1 database ${name}${near}` },
      state.databases[binding] === undefined,
    );
  }
  const bucket = instanceName(instance, product.config.r2_buckets?.[0]?.bucket_name ?? "");
  plan.add(
    { kind: "create-bucket", name: bucket, what: `R2 bucket ${bucket}${near}` },
    state.bucket === null,
  );
  const origins = [originOf(instance)];
  const [rule] = corsRules(origins);
  const hasCors = (state.cors?.rules ?? []).some(
    ({ allowed, exposeHeaders }) =>
      origins.every((origin) => allowed.origins.includes(origin)) &&
      allowed.methods.includes("PUT") &&
      (exposeHeaders ?? []).some((header) => header.toLowerCase() === "etag"),
  );
  if (instance.uploads === "storage")
    plan.add(
      {
        kind: "set-cors",
        bucket,
        origins,
        what: `CORS of ${bucket}: ${rule?.allowed.methods.join()} from ${origins.join()}`,
      },
      !hasCors,
    );
  plan.add(
    {
      kind: "set-lifecycle",
      bucket,
      what: `Lifecycle of ${bucket}: unfinished uploads end after 7 days`,
    },
    !(state.lifecycle?.rules ?? []).some(
      ({ enabled, abortMultipartUploadsTransition: rule }) => enabled && rule?.condition,
    ),
  );
  for (const queue of product.queues) {
    const name = queueName(instance, queue);
    plan.add(
      { kind: "create-queue", name, what: `Queue ${name}` },
      !state.queues.some((one) => one.queue_name === name),
    );
  }
  for (const dataset of product.datasets)
    plan.kept.push(`Analytics Engine dataset ${dataset}: exists from the first data point`);
}

function planMigrations(plan: Planning, product: Product, state: AccountState): void {
  for (const { binding, folder, migrations } of product.databases) {
    const applied = new Set(state.applied[binding] ?? []);
    const pending = migrations.filter((name) => !applied.has(name));
    plan.add(
      {
        kind: "migrate",
        binding,
        what: `Migrations of ${binding}: ${pending.length} (${pending[0] ?? ""} to ${pending.at(-1) ?? ""})`,
      },
      pending.length > 0,
      `Migrations of ${binding}: all ${migrations.length}`,
    );
    if (applied.size > 0)
      plan.obstacles.push(
        ...product.breaking
          .filter((fault) => pending.some((name) => fault.startsWith(`${folder}/${name}:`)))
          .map((fault) => `The Worker that runs meanwhile would break. ${fault}.`),
      );
    const newer = [...applied].filter((name) => !migrations.includes(name));
    if (newer.length > 0)
      plan.obstacles.push(
        `${binding} has migrations that this version does not know (${newer.join(", ")}): it was deployed from a newer one.`,
      );
  }
}

/** @param given names of secrets whose values are in the environment */
function planSecrets(
  plan: Planning,
  instance: Instance,
  product: Product,
  state: AccountState,
  given: readonly string[],
): void {
  const present = new Set(state.secrets.map(({ name }) => name));
  const missing = secretsOf(instance, product).filter((name) => !present.has(name));
  const storage = missing.filter((name) => STORAGE_SECRETS.includes(name));
  const bucket = instanceName(instance, product.config.r2_buckets?.[0]?.bucket_name ?? "");
  if (instance.uploads === "storage")
    plan.add(
      {
        kind: "create-storage-token",
        bucket,
        what: `R2 token "${tokenName(instance)}" for objects of ${bucket}`,
      },
      storage.length > 0 && !storage.every((name) => given.includes(name)),
      `Secrets ${STORAGE_SECRETS.join(", ")}`,
    );
  const generated = missing.filter((name) => !STORAGE_SECRETS.includes(name));
  plan.add(
    {
      kind: "generate-secrets",
      names: generated,
      what: `Secrets, generated: ${generated.join(", ")}`,
    },
    generated.length > 0,
    `Secrets: ${[...present].toSorted().join(", ")}`,
  );
  // With other secrets, sessions would end and encrypted videos could never be played again.
  if (state.admins > 0 && state.worker === null && generated.length > 0)
    plan.warnings.push(
      "The database has accounts, but the Worker with their secrets is gone. New secrets end all sessions, and encrypted videos cannot be played with them. Set the old ones first if you have them (docs/operations.md).",
    );
}

function planAccount(plan: Planning, instance: Instance, state: AccountState): void {
  const { subscriptions, zone } = state;
  if (subscriptions === null)
    plan.warnings.push(
      "The API token may not read subscriptions, so it is not known whether the account has Workers Paid. Containers and queues need it.",
    );
  else if (
    !subscriptions.some(({ rate_plan: rate }) =>
      /workers/i.test(`${rate?.id ?? ""} ${rate?.public_name ?? ""}`),
    )
  )
    plan.warnings.push(
      "The account seems to have no subscription to Workers Paid. Containers and queues need it: dash.cloudflare.com, Workers & Pages, Plans.",
    );
  if (instance.domain !== "" && zone === null)
    plan.obstacles.push(
      `No zone of the account has ${instance.domain}. Add its domain to Cloudflare first, or leave the hostname empty.`,
    );
  if (instance.mailEndpoint === "")
    plan.warnings.push(
      "Without mail nobody can sign up by e-mail or reset a password; accounts come from OIDC_PROVIDERS or `npm run admin`.",
    );
}

function workerText(name: string, isGradual: boolean, isUpdate: boolean): string {
  if (isGradual)
    return `Worker ${name} and the image: to 10 %, checked, then to all; back if the check fails`;
  return isUpdate
    ? `Worker ${name} and the image, at once and with no way back: it has new classes of Durable Objects`
    : `Worker ${name} and the image of its containers`;
}

/**
 * The changes in the account that a deployment of this product would make. A pure function: the same account gives the
 * same plan, and after the plan was carried out there is nothing to create.
 * @param given names of secrets whose values the environment has
 */
export function planDeployment(
  instance: Instance,
  product: Product,
  state: AccountState,
  given: readonly string[] = [],
): Plan {
  const plan = new Planning();
  planAccount(plan, instance, state);
  planStorage(plan, instance, product, state);
  const site = siteName(instance);
  plan.add({ kind: "create-site", name: site, what: `Pages project ${site}` }, state.site === null);
  planMigrations(plan, product, state);
  planSecrets(plan, instance, product, state, given);
  const addsClasses = (state.worker?.migration_tag ?? "") !== product.objectsTag;
  const isGradual = state.deployment !== null && !addsClasses;
  plan.steps.push(
    {
      kind: "deploy-worker",
      way: isGradual ? "gradual" : "at-once",
      what: workerText(instance.name, isGradual, state.deployment !== null),
    },
    { kind: "deploy-site", what: `Site ${site}` },
  );
  if (instance.domain !== "")
    plan.add(
      {
        kind: "add-domain",
        name: instance.domain,
        what: `Hostname ${instance.domain} of the site`,
      },
      !state.domains.some(({ name }) => name === instance.domain),
    );
  plan.add(
    {
      kind: "create-admin",
      email: instance.admin,
      what: `First administrator ${instance.admin}, by a link that works once`,
    },
    state.admins === 0,
    "An administrator",
  );
  plan.steps.push({
    kind: "smoke-test",
    origin: originOf(instance),
    what: `Smoke test of https://${hostOf(instance)}: sign in, upload, play, search, delete`,
  });
  return plan;
}
