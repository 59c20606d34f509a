import { createHash } from "node:crypto";
import type Cloudflare from "cloudflare";
import { APIError } from "cloudflare";
import type { Instance } from "./instance.ts";
import { tokenName } from "./names.ts";
import { corsRules, LIFECYCLE_RULE } from "./plan.ts";

/** The changes that are one call of Cloudflare's API each. */
export interface Changes {
  createDatabase(name: string): Promise<void>;
  createBucket(name: string): Promise<void>;
  setCors(bucket: string, origins: string[]): Promise<void>;
  setLifecycle(bucket: string): Promise<void>;
  createQueue(name: string): Promise<void>;
  createSite(name: string): Promise<void>;
  addDomain(site: string, name: string): Promise<void>;
  createStorageToken(bucket: string): Promise<Record<string, string>>;
  splitTraffic(worker: string, shares: { version: string; percentage: number }[]): Promise<void>;
  /** Shows an earlier deployment of the site again. */
  restoreSite(site: string, deployment: string): Promise<void>;
}

const BRANCH = "main";
/** The permission group of R2 tokens that read and write objects of one bucket. */
const OBJECT_WRITE = "Workers R2 Storage Bucket Item Write";

/** Instructions for creating a token by hand if the API token may not do it. */
export function storageTokenInstruction(account: string, bucket: string): string {
  return [
    "The API token may not create tokens. Create the one for R2 by hand, then run this command again:",
    `  1. Open https://dash.cloudflare.com/${account}/r2/api-tokens and choose "Create Account API token".`,
    `  2. Permissions: Object Read & Write. Buckets: ${bucket} only.`,
    "  3. Set KINORA_DEPLOY_S3_ACCESS_KEY_ID and KINORA_DEPLOY_S3_SECRET_ACCESS_KEY to what it shows.",
    "Or deploy with --uploads worker, which needs no such token: parts then go through the Worker.",
  ].join("\n");
}

/** The changes in an account, by Cloudflare's own client. */
export function changesIn(client: Cloudflare, account: string, instance: Instance): Changes {
  const of = { account_id: account };
  const { region } = instance;
  return {
    async createDatabase(name) {
      const hint = region === "" ? {} : { primary_location_hint: region };
      await client.d1.database.create({ ...of, name, ...hint });
    },
    async createBucket(name) {
      const hint = region === "" ? {} : { locationHint: region };
      await client.r2.buckets.create({ ...of, name, ...hint });
    },
    async setCors(bucket, origins) {
      await client.r2.buckets.cors.update(bucket, { ...of, rules: corsRules(origins) });
    },
    async setLifecycle(bucket) {
      const { rules = [] } = await client.r2.buckets.lifecycle.get(bucket, of);
      const others = rules.filter(({ id }) => id !== LIFECYCLE_RULE.id);
      await client.r2.buckets.lifecycle.update(bucket, {
        ...of,
        rules: [...others, LIFECYCLE_RULE],
      });
    },
    async createQueue(name) {
      await client.queues.create({ ...of, queue_name: name });
    },
    async createSite(name) {
      await client.pages.projects.create({ ...of, name, production_branch: BRANCH });
    },
    async addDomain(site, name) {
      await client.pages.projects.domains.create(site, { ...of, name });
    },
    /** The S3 key of an R2 token is its id, the secret the hash of its value (developers.cloudflare.com/r2/api/tokens). */
    async createStorageToken(bucket) {
      try {
        // Its value is shown only once. If the Worker did not get it, it is useless.
        for await (const token of client.accounts.tokens.list(of))
          if (token.name === tokenName(instance) && token.id)
            await client.accounts.tokens.delete(token.id, of);
        const groups = await client.accounts.tokens.permissionGroups.get(of);
        const group = groups.find(({ name }) => name === OBJECT_WRITE);
        if (!group?.id) throw new Error(`Cloudflare has no permission group ${OBJECT_WRITE}.`);
        const { id, value } = await client.accounts.tokens.create({
          ...of,
          name: tokenName(instance),
          policies: [
            {
              effect: "allow",
              permission_groups: [{ id: group.id }],
              resources: { [`com.cloudflare.edge.r2.bucket.${account}_default_${bucket}`]: "*" },
            },
          ],
        });
        if (!id || !value) throw new Error("Cloudflare returned no token.");
        return {
          S3_ACCESS_KEY_ID: id,
          S3_SECRET_ACCESS_KEY: createHash("sha256").update(value).digest("hex"),
        };
      } catch (error) {
        if (error instanceof APIError && (error.status === 401 || error.status === 403))
          throw new Error(storageTokenInstruction(account, bucket), { cause: error });
        throw error;
      }
    },
    async splitTraffic(worker, shares) {
      await client.workers.scripts.deployments.create(worker, {
        ...of,
        strategy: "percentage",
        versions: shares.map(({ version, percentage }) => ({ version_id: version, percentage })),
      });
    },
    async restoreSite(site, deployment) {
      await client.pages.projects.deployments.rollback(deployment, { ...of, project_name: site });
    },
  };
}
