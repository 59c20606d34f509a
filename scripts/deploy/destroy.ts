import type Cloudflare from "cloudflare";
import PQueue from "p-queue";
import type { AccountState } from "./account-state.ts";
import { type Instance, siteName } from "./instance.ts";
import { queueName, tokenName } from "./names.ts";
import type { Product } from "./product.ts";
import type { Wrangler } from "./wrangler.ts";

const CONCURRENT_DELETES = 20;

export interface Part {
  kind: "worker" | "site" | "queue" | "database" | "bucket";
  id: string;
  what: string;
}

/** The resources that `--destroy` deletes, in this order. */
export function planDestruction(instance: Instance, product: Product, state: AccountState): Part[] {
  const parts: Part[] = [];
  const site = siteName(instance);
  if (state.site) parts.push({ kind: "site", id: site, what: `Pages project ${site}` });
  if (state.worker)
    parts.push({
      kind: "worker",
      id: instance.name,
      what: `Worker ${instance.name} with its secrets, Durable Objects (histories, lists, likes) and containers`,
    });
  const queues = product.queues.map((queue) => queueName(instance, queue));
  for (const { queue_id: id, queue_name: name } of state.queues)
    if (id && name && queues.includes(name))
      parts.push({ kind: "queue", id, what: `Queue ${name}` });
  for (const { uuid, name } of Object.values(state.databases))
    if (uuid) parts.push({ kind: "database", id: uuid, what: `D1 database ${name ?? uuid}` });
  const bucket = state.bucket?.name;
  if (bucket)
    parts.push({ kind: "bucket", id: bucket, what: `R2 bucket ${bucket} with every video` });
  return parts;
}

/** R2 deletes empty buckets only. */
async function emptyBucket(client: Cloudflare, account: string, bucket: string): Promise<void> {
  const queue = new PQueue({ concurrency: CONCURRENT_DELETES });
  const of = { account_id: account };
  const failures: unknown[] = [];
  for await (const { key } of client.r2.buckets.objects.list(bucket, of)) {
    if (!key) continue;
    await queue.onSizeLessThan(CONCURRENT_DELETES);
    queue
      .add(() => client.r2.buckets.objects.delete(key, { ...of, bucket_name: bucket }))
      .catch((error: unknown) => failures.push(error));
    if (failures.length > 0) break;
  }
  await queue.onIdle();
  if (failures.length > 0) throw failures[0];
}

/** Deletes everything of an instance. This cannot be undone. */
export async function destroy(
  client: Cloudflare,
  wrangler: Wrangler,
  instance: Instance,
  parts: readonly Part[],
  account: string,
  print: (line: string) => void,
): Promise<void> {
  const of = { account_id: account };
  for (const { kind, id, what } of parts) {
    print(`Deleting: ${what}`);
    if (kind === "site") {
      for await (const { name } of client.pages.projects.domains.list(id, of))
        await client.pages.projects.domains.delete(name, { ...of, project_name: id });
      await client.pages.projects.delete(id, of);
    } else if (kind === "worker") await wrangler.run(["delete", "--name", id, "--force"]);
    else if (kind === "queue") await client.queues.delete(id, of);
    else if (kind === "database") await client.d1.database.delete(id, of);
    else {
      await emptyBucket(client, account, id);
      await client.r2.buckets.delete(id, of);
    }
  }
  for await (const token of client.accounts.tokens.list(of))
    if (token.id && token.name === tokenName(instance))
      await client.accounts.tokens.delete(token.id, of);
}
