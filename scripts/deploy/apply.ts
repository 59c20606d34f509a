import type Cloudflare from "cloudflare";
import type { AccountState } from "./account-state.ts";
import { changesIn, type Changes } from "./changes.ts";
import { type ConfigFile, writeConfigFile } from "./config-file.ts";
import { deployGradually, rollBack } from "./gradual.ts";
import { type Instance, originOf, siteName } from "./instance.ts";
import { recordCommand } from "../audit/record-command.ts";
import { oneTimeLink, type Statement } from "./one-time-link.ts";
import { type Plan, planDeployment, type Step } from "./plan.ts";
import type { Product } from "./product.ts";
import { queryDatabase, readAccount } from "./read-account.ts";
import { generateSecrets, givenSecrets, keepSecrets } from "./secrets.ts";
import { buildSite, layOutSite } from "./site.ts";
import { smokeTest } from "./smoke-test.ts";
import { instanceVars, secretsOf } from "./wrangler-config.ts";
import { type Wrangler, wranglerOf } from "./wrangler.ts";

/** A day is enough to open the mailbox, or the terminal, and choose a password. */
const ADMIN_LINK_LIFETIME_MS = 86_400_000;

/** The parts of a deployment that do not call the API. */
interface Tools {
  wrangler: typeof wranglerOf;
  buildSite: typeof buildSite;
  smokeTest: typeof smokeTest;
}
const TOOLS: Tools = { wrangler: wranglerOf, buildSite, smokeTest };

export interface Deployment {
  client: Cloudflare;
  token: string;
  instance: Instance;
  product: Product;
  environment: NodeJS.ProcessEnv;
  print: (line: string) => void;
  /** The product's parts by default; tests have their own. */
  tools?: Tools;
}

/** State that the steps of one run share. */
interface Run extends Deployment {
  changes: Changes;
  wrangler: Wrangler;
  state: AccountState;
  /** Secrets to be set with the Worker, which does not start without them. */
  secrets: Record<string, string>;
  /** The generated configuration; null until the resources exist. */
  config: ConfigFile | null;
}

type StepOf<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

/** Steps before which the configuration must exist; it needs the ids of what earlier steps create. */
const NEEDS_CONFIG = new Set<Step["kind"]>([
  "migrate",
  "deploy-worker",
  "create-admin",
  "smoke-test",
]);

function configPath({ config }: Run): string {
  if (config === null) throw new Error("The configuration is not written yet.");
  return config.path;
}

type InAccount = Pick<Run, "client" | "state">;

const inCatalog =
  ({ client, state }: InAccount) =>
  ({ sql, params }: Statement) =>
    queryDatabase(client, state.account.id, state.databases["CATALOG"]?.uuid ?? "", sql, params);

const checkInstance = (
  run: InAccount & Pick<Run, "instance" | "print" | "tools">,
  headers: Record<string, string> = {},
): Promise<void> =>
  (run.tools ?? TOOLS).smokeTest({
    origin: originOf(run.instance),
    run: inCatalog(run),
    headers,
    print: (line) => run.print(`    ${line}`),
  });

/** Writes the secrets to a file for wrangler, which keeps those that are already set. */
async function withSecrets(run: Run, use: (args: string[]) => Promise<void>): Promise<void> {
  if (Object.keys(run.secrets).length === 0) return use([]);
  const file = await keepSecrets(run.instance.name, run.secrets);
  await use(["--secrets-file", file]);
  run.print(
    `    The secrets are in ${file}. Keep a copy in a safe place, above all of CONTENT_KEY_SECRETS, then delete the file.`,
  );
}

async function deployWorker(run: Run, { way }: StepOf<"deploy-worker">): Promise<void> {
  const { wrangler } = run;
  const configFile = configPath(run);
  await withSecrets(run, async (secrets) => {
    if (way === "at-once") return wrangler.run(["deploy", "--config", configFile, ...secrets]);
    await deployGradually({
      worker: run.instance.name,
      before: run.state.deployment?.versions ?? [],
      changes: run.changes,
      upload: () =>
        wrangler.uploadVersion(["versions", "upload", "--config", configFile, ...secrets]),
      // Deployed with the image, which versions do not include.
      finish: () => wrangler.run(["deploy", "--config", configFile, ...secrets]),
      check: (headers) => checkInstance(run, headers),
      print: (line) => run.print(`    ${line}`),
    });
  });
}

async function deploySite(run: Run): Promise<void> {
  const { instance, product, state, wrangler, tools = TOOLS } = run;
  const folder = await layOutSite(instance, product);
  await tools.buildSite(folder, instanceVars(instance, product, state.account.id));
  await wrangler.run(["pages", "deploy", "dist", "--branch", "main", "--commit-dirty=true"], {
    cwd: folder,
  });
}

async function createAdmin(run: Run, { email }: StepOf<"create-admin">): Promise<void> {
  const account = { email, name: email.split("@")[0] ?? email, role: "admin" as const };
  const { token, statements } = await oneTimeLink(account, ADMIN_LINK_LIFETIME_MS);
  for (const statement of statements) await inCatalog(run)(statement);
  await recordCommand((sql, params) => inCatalog(run)({ sql, params }), {
    action: "accounts.first-admin",
    target: { kind: "accounts", id: email },
    before: null,
    after: { role: account.role },
  });
  run.print(`    Choose the password of ${email} within a day, by this link, which works once:`);
  run.print(`    ${originOf(run.instance)}/reset-password?invited=1&token=${token}`);
}

async function take(run: Run, step: Step): Promise<void> {
  const { changes, wrangler } = run;
  switch (step.kind) {
    case "create-database":
      return changes.createDatabase(step.name);
    case "create-bucket":
      return changes.createBucket(step.name);
    case "set-cors":
      return changes.setCors(step.bucket, step.origins);
    case "set-lifecycle":
      return changes.setLifecycle(step.bucket);
    case "create-queue":
      return changes.createQueue(step.name);
    case "create-site":
      return changes.createSite(step.name);
    case "create-storage-token":
      Object.assign(run.secrets, await changes.createStorageToken(step.bucket));
      return undefined;
    case "generate-secrets":
      Object.assign(run.secrets, generateSecrets(step.names));
      return undefined;
    case "migrate":
      return wrangler.run([
        ...["d1", "migrations", "apply", step.binding, "--remote"],
        ...["--config", configPath(run)],
      ]);
    case "deploy-worker":
      return deployWorker(run, step);
    case "deploy-site":
      return deploySite(run);
    case "add-domain":
      return changes.addDomain(siteName(run.instance), step.name);
    case "create-admin":
      return createAdmin(run, step);
    case "smoke-test":
      return checkInstance(run);
  }
}

/** Tests the deployment. @throws Error that names what does not work */
export async function checkDeployed(deployment: Deployment): Promise<void> {
  const { client, instance, product } = deployment;
  const state = await readAccount(client, instance, product);
  await checkInstance({ ...deployment, state });
}

/** The changes that a deployment would make now. */
export async function planNow(
  deployment: Deployment,
): Promise<{ plan: Plan; state: AccountState }> {
  const { client, instance, product, environment } = deployment;
  const state = await readAccount(client, instance, product);
  const given = Object.keys(givenSecrets(environment, secretsOf(instance, product)));
  return { plan: planDeployment(instance, product, state, given), state };
}

/**
 * Carries out a plan. It can be interrupted at any time: the next plan starts with what is missing then. After a failed
 * smoke test of an update, the previous Worker and site are restored.
 * @throws Error of the step that failed
 */
export async function apply(
  deployment: Deployment,
  plan: Plan,
  state: AccountState,
): Promise<void> {
  const { client, instance, product, environment, print, tools = TOOLS } = deployment;
  const run: Run = {
    ...deployment,
    changes: changesIn(client, state.account.id, instance),
    wrangler: tools.wrangler({ account: state.account.id, token: deployment.token }),
    state,
    secrets: givenSecrets(environment, secretsOf(instance, product)),
    config: null,
  };
  // A rollback restores what was deployed before this run.
  const before = { ...run, state };
  const canReturn = plan.steps.some(
    (step) => step.kind === "deploy-worker" && step.way === "gradual",
  );
  try {
    for (const [index, step] of plan.steps.entries()) {
      print(`[${index + 1}/${plan.steps.length}] ${step.what}`);
      if (run.config === null && NEEDS_CONFIG.has(step.kind)) {
        run.state = await readAccount(client, instance, product);
        run.config = await writeConfigFile(instance, product, run.state);
      }
      const isLast = step.kind === "smoke-test";
      await take(run, step).catch(async (error: unknown) => {
        const isDeployed = isLast || step.kind === "deploy-site";
        if (isDeployed && !canReturn && state.deployment !== null)
          print(
            "    It failed, and Cloudflare cannot return to a version without the new classes of Durable Objects: fix the fault and deploy again.",
          );
        if (isDeployed && canReturn) {
          print("    It failed: the versions from before are deployed again.");
          await rollBack(before, isLast).catch((failure: unknown) =>
            print(
              `    That failed too (${String(failure)}): see docs/operations.md, Update and roll back.`,
            ),
          );
        }
        throw error;
      });
    }
  } finally {
    await run.config?.[Symbol.asyncDispose]();
  }
}
