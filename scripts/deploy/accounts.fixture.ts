import type { Instance } from "./instance.ts";
import type { AccountState } from "./account-state.ts";
import { instanceName, queueName } from "./names.ts";
import { corsRules, LIFECYCLE_RULE } from "./plan.ts";
import type { Product } from "./product.ts";
import { secretsOf } from "./wrangler-config.ts";

export const ACCOUNT = "0123456789abcdef0123456789abcdef";

export const INSTANCE: Instance = {
  name: "kinora",
  domain: "video.example.com",
  region: "weur",
  admin: "ada@example.com",
  mailEndpoint: "https://api.resend.com/emails",
  mailFrom: "Kinora <no-reply@example.com>",
  uploads: "storage",
  account: "",
  vars: {},
};

/** Cloudflare's responses for an account without a deployment. The types come from its own client. */
export const emptyAccount = (): AccountState => ({
  account: { id: ACCOUNT, name: "Ada's account" },
  subscriptions: [{ id: "1", state: "Paid", rate_plan: { public_name: "Workers Paid" } }],
  databases: {},
  applied: {},
  bucket: null,
  cors: null,
  lifecycle: null,
  queues: [],
  worker: null,
  deployment: null,
  secrets: [],
  site: null,
  domains: [],
  zone: { id: "023e105f4ecef8ad9ca31a8372d0c353", name: "example.com" },
  admins: 0,
});

/** The same after a deployment. */
export function deployedAccount(instance: Instance, product: Product): AccountState {
  const bucket = instanceName(instance, product.config.r2_buckets?.[0]?.bucket_name ?? "");
  const site = { id: "1", name: `${instance.name}-web`, canonical_deployment: { id: "site-1" } };
  const domain = { id: "1", name: instance.domain, status: "active" };
  return {
    ...emptyAccount(),
    databases: Object.fromEntries(
      (product.config.d1_databases ?? []).map(({ binding, database_name }, index) => [
        binding,
        {
          name: instanceName(instance, database_name ?? binding),
          uuid: `00000000-0000-4000-8000-00000000000${index}`,
        },
      ]),
    ),
    applied: Object.fromEntries(
      product.databases.map(({ binding, migrations }) => [binding, migrations]),
    ),
    bucket: { name: bucket, location: "weur" },
    cors: { rules: corsRules([`https://${instance.domain}`]) },
    lifecycle: { rules: [LIFECYCLE_RULE] },
    queues: product.queues.map((queue) => ({
      queue_id: `id-of-${queue}`,
      queue_name: queueName(instance, queue),
    })),
    worker: { id: instance.name, migration_tag: product.objectsTag },
    deployment: {
      id: "1",
      created_on: "2026-11-01T00:00:00Z",
      source: "wrangler",
      strategy: "percentage",
      versions: [{ version_id: "version-1", percentage: 100 }],
    },
    secrets: secretsOf(instance, product).map((name) => ({ name, type: "secret_text" as const })),
    site: site as AccountState["site"],
    domains: [domain as AccountState["domains"][number]],
    admins: 1,
  };
}
