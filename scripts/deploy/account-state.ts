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
 * The parts of an instance in the account, as Cloudflare's API returns them. A deployment keeps no other record, so
 * that an interrupted or manual one is continued from its current state.
 */
export interface AccountState {
  account: Pick<Account, "id" | "name">;
  /** Null if the API token may not read them. */
  subscriptions: Subscription[] | null;
  /** Databases of the instance, by binding. */
  databases: Record<string, DatabaseListResponse>;
  /** Names of the migrations that a database has, by binding. */
  applied: Record<string, string[]>;
  bucket: Bucket | null;
  cors: CORSGetResponse | null;
  lifecycle: LifecycleGetResponse | null;
  /** All queues of the account. */
  queues: Queue[];
  worker: ScriptListResponse | null;
  /** The newest deployment of the Worker. */
  deployment: Deployment | null;
  secrets: SecretListResponse[];
  site: Project | null;
  domains: DomainListResponse[];
  /** The zone of the hostname; null for pages.dev, or if the account has none. */
  zone: Pick<Zone, "id" | "name"> | null;
  /** How many accounts of the instance are administrators. */
  admins: number;
}
