import type { Account } from "cloudflare/resources/accounts/accounts";
import type { DatabaseListResponse } from "cloudflare/resources/d1/database/database";
import type { DomainListResponse } from "cloudflare/resources/pages/projects/domains";
import type { Project } from "cloudflare/resources/pages/projects/projects";
import type { Queue } from "cloudflare/resources/queues/queues";
import type { Bucket } from "cloudflare/resources/r2/buckets/buckets";
import type { CORSGetResponse } from "cloudflare/resources/r2/buckets/cors";
import type { LifecycleGetResponse } from "cloudflare/resources/r2/buckets/lifecycle";
import type { Subscription } from "cloudflare/resources/shared";
import type { Deployment } from "cloudflare/resources/workers/scripts/deployments";
import type { ScriptListResponse } from "cloudflare/resources/workers/scripts/scripts";
import type { SecretListResponse } from "cloudflare/resources/workers/scripts/secrets";
import type { Zone } from "cloudflare/resources/zones/zones";

/**
 * What the account has of an instance, as Cloudflare's API answers. A deployment keeps no other record, so that one that was
 * broken off, or done by hand, is continued from where it is.
 */
export interface AccountState {
  account: Pick<Account, "id" | "name">;
  /** Null where the API token may not read them. */
  subscriptions: Subscription[] | null;
  /** Of the instance, by binding. */
  databases: Record<string, DatabaseListResponse>;
  /** Names of the migrations that a database has, by binding. */
  applied: Record<string, string[]>;
  bucket: Bucket | null;
  cors: CORSGetResponse | null;
  lifecycle: LifecycleGetResponse | null;
  /** All of the account. */
  queues: Queue[];
  worker: ScriptListResponse | null;
  /** The newest of the Worker. */
  deployment: Deployment | null;
  secrets: SecretListResponse[];
  site: Project | null;
  domains: DomainListResponse[];
  /** That of the hostname; null for pages.dev, or if the account has none. */
  zone: Pick<Zone, "id" | "name"> | null;
  /** How many accounts of the instance may administer it. */
  admins: number;
}
