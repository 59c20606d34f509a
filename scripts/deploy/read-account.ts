import type Cloudflare from "cloudflare";
import { APIError, NotFoundError } from "cloudflare";
import type { Deployment } from "cloudflare/resources/workers/scripts/deployments";
import { z } from "zod";
import type { AccountState } from "./account-state.ts";
import { hostOf, type Instance, siteName } from "./instance.ts";
import { instanceName } from "./names.ts";
import type { Product } from "./product.ts";

/** Null for what the account does not have. */
async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}

const FORBIDDEN = new Set([401, 403]);

/** Null for what the API token may not read. */
async function unlessForbidden<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof APIError && FORBIDDEN.has(error.status as number)) return null;
    throw error;
  }
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

/** The account of the API token. @throws Error when there is none, or several and the settings name none of them */
async function findAccount(client: Cloudflare, wanted: string): Promise<AccountState["account"]> {
  const accounts = await all(client.accounts.list());
  const found = wanted === "" ? accounts : accounts.filter(({ id }) => id === wanted);
  const [only] = found;
  if (only && found.length === 1) return { id: only.id, name: only.name };
  const list = accounts.map(({ id, name }) => `  ${id}  ${name}`).join("\n");
  throw new Error(
    accounts.length === 0
      ? "The API token reaches no account. Create one as docs/operations.md describes."
      : `Say which account with --account:\n${list}`,
  );
}

const Names = z.array(z.object({ name: z.string() }));
const Count = z.array(z.object({ n: z.int() }));

/** Runs SQL in a deployed database. Parameters are text. */
export async function queryDatabase(
  client: Cloudflare,
  account: string,
  database: string,
  sql: string,
  params: string[] = [],
): Promise<unknown[]> {
  const answers = await all(
    client.d1.database.query(database, { account_id: account, sql, params }),
  );
  return answers.flatMap(({ results }) => results ?? []);
}

/** The zone of a hostname is the zone of one of its parent domains. */
async function findZone(client: Cloudflare, account: string, host: string) {
  const labels = host.split(".");
  for (let first = 0; first < labels.length - 1; first++) {
    const name = labels.slice(first).join(".");
    const [zone] = await all(client.zones.list({ account: { id: account }, name }));
    if (zone) return { id: zone.id, name: zone.name };
  }
  return null;
}

async function readDatabases(
  client: Cloudflare,
  account: string,
  instance: Instance,
  product: Product,
): Promise<Pick<AccountState, "databases" | "applied" | "admins">> {
  const existing = await all(client.d1.database.list({ account_id: account }));
  const state = {
    databases: {} as AccountState["databases"],
    applied: {} as AccountState["applied"],
    admins: 0,
  };
  for (const { binding, database_name } of product.config.d1_databases ?? []) {
    const name = instanceName(instance, database_name ?? binding);
    const database = existing.find((one) => one.name === name);
    if (!database?.uuid) continue;
    state.databases[binding] = database;
    const query = (sql: string) => queryDatabase(client, account, database.uuid ?? "", sql);
    const tables = Names.parse(await query("SELECT name FROM sqlite_schema WHERE type = 'table'"));
    const has = (table: string) => tables.some((one) => one.name === table);
    state.applied[binding] = has("d1_migrations")
      ? Names.parse(await query("SELECT name FROM d1_migrations")).map((one) => one.name)
      : [];
    if (binding === "CATALOG" && has("user")) {
      const [admins] = Count.parse(
        // An account whose link was never opened cannot sign in.
        await query(
          "SELECT count(*) AS n FROM user WHERE role = 'admin' AND EXISTS (SELECT 1 FROM account WHERE user_id = user.id)",
        ),
      );
      state.admins = admins?.n ?? 0;
    }
  }
  return state;
}

async function readBucket(client: Cloudflare, account: string, name: string) {
  const of = { account_id: account };
  const bucket = await unlessMissing(client.r2.buckets.get(name, of));
  if (bucket === null) return { bucket, cors: null, lifecycle: null };
  const [cors, lifecycle] = await Promise.all([
    unlessMissing(client.r2.buckets.cors.get(name, of)),
    unlessMissing(client.r2.buckets.lifecycle.get(name, of)),
  ]);
  return { bucket, cors, lifecycle };
}

async function readWorker(client: Cloudflare, account: string, name: string) {
  const of = { account_id: account };
  const scripts = await all(client.workers.scripts.list(of));
  const worker = scripts.find(({ id }) => id === name) ?? null;
  if (worker === null) return { worker, deployment: null, secrets: [] };
  const [page, secrets] = await Promise.all([
    client.workers.scripts.deployments.list(name, of),
    all(client.workers.scripts.secrets.list(name, of)),
  ]);
  // Cloudflare answers `deployments`, the newest first, where its client looks for `items`.
  const { deployments = [] } = page.result as { deployments?: Deployment[] };
  return { worker, deployment: deployments[0] ?? null, secrets };
}

async function readSite(client: Cloudflare, account: string, name: string) {
  const of = { account_id: account };
  const site = await unlessMissing(client.pages.projects.get(name, of));
  const domains = site === null ? [] : await all(client.pages.projects.domains.list(name, of));
  return { site, domains };
}

/** Reads everything that the plan of a deployment depends on. Changes nothing. */
export async function readAccount(
  client: Cloudflare,
  instance: Instance,
  product: Product,
): Promise<AccountState> {
  const account = await findAccount(client, instance.account);
  const of = { account_id: account.id };
  const bucketName = instanceName(instance, product.config.r2_buckets?.[0]?.bucket_name ?? "");
  const [subscriptions, databases, bucket, queues, worker, site, zone] = await Promise.all([
    unlessForbidden(all(client.accounts.subscriptions.get(of))),
    readDatabases(client, account.id, instance, product),
    readBucket(client, account.id, bucketName),
    all(client.queues.list(of)),
    readWorker(client, account.id, instance.name),
    readSite(client, account.id, siteName(instance)),
    instance.domain === "" ? null : findZone(client, account.id, hostOf(instance)),
  ]);
  return { account, subscriptions, ...databases, ...bucket, queues, ...worker, ...site, zone };
}
