import type { Deployment } from "cloudflare/resources/workers/scripts/deployments";
import type { AccountState } from "./account-state.ts";
import type { Changes } from "./changes.ts";
import { type Instance, siteName } from "./instance.ts";

/** The share of viewers who get a version that has not been tested in production yet. */
const FIRST_SHARE_PERCENT = 10;

export interface GradualDeployment {
  worker: string;
  /** The versions that serve now, with their shares. */
  before: Deployment["versions"];
  changes: Pick<Changes, "splitTraffic">;
  /** Uploads the new version without traffic. @returns its id */
  upload(): Promise<string>;
  /** Deploys it to everyone. */
  finish(): Promise<void>;
  /** Tests the version that the headers select. @throws Error when it does not work */
  check(headers: Record<string, string>): Promise<void>;
  print: (line: string) => void;
}

/** Makes Cloudflare serve a request with one version: developers.cloudflare.com/workers, Gradual deployments. */
const choose = (worker: string, version: string): Record<string, string> => ({
  "cloudflare-workers-version-overrides": `${worker}="${version}"`,
});

/** The version that most viewers get; undefined if there is none. An interrupted update may have left two deployed. */
const mainVersion = (versions: Deployment["versions"]): string | undefined =>
  versions.toSorted((a, b) => b.percentage - a.percentage)[0]?.version_id;

/**
 * Deploys a version to a few viewers, tests it in production, and then deploys it to everyone. If it does not work, or
 * the deployment is interrupted, the previous versions serve everyone again.
 * @throws Error of what did not work
 */
export async function deployGradually(gradual: GradualDeployment): Promise<void> {
  const { worker, before, changes, print } = gradual;
  const main = mainVersion(before);
  if (main === undefined) throw new Error("There is no version to go back to.");
  const version = await gradual.upload();
  print(`Version ${version} is uploaded; ${main} serves.`);
  try {
    await changes.splitTraffic(worker, [
      { version, percentage: FIRST_SHARE_PERCENT },
      { version: main, percentage: 100 - FIRST_SHARE_PERCENT },
    ]);
    print(`${FIRST_SHARE_PERCENT} % of requests have it. Trying it out ...`);
    await gradual.check(choose(worker, version));
    await gradual.finish();
    print("All requests have it.");
  } catch (error) {
    print(`It does not work: ${main} serves everyone again.`);
    await changes.splitTraffic(worker, [{ version: main, percentage: 100 }]);
    throw error;
  }
}

export interface DeployedBefore {
  changes: Pick<Changes, "splitTraffic" | "restoreSite">;
  instance: Instance;
  /** The state before the update. */
  state: Pick<AccountState, "deployment" | "site">;
}

/**
 * Returns to the previous deployment. Migrations stay, because they only add (scripts/check/migrations.ts).
 * @param hasNewSite whether the site was deployed too
 */
export async function rollBack(
  { changes, instance, state }: DeployedBefore,
  hasNewSite: boolean,
): Promise<void> {
  const version = mainVersion(state.deployment?.versions ?? []);
  if (version !== undefined)
    await changes.splitTraffic(instance.name, [{ version, percentage: 100 }]);
  const site = state.site?.canonical_deployment?.id;
  if (site && hasNewSite) await changes.restoreSite(siteName(instance), site);
}
