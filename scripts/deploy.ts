/**
 * `npm run deploy`: deploys Kinora to a Cloudflare account, or updates what is deployed. It asks for the settings (in
 * CI, flags and `KINORA_DEPLOY_…` provide them), shows what would change, and applies it after confirmation.
 */
import Cloudflare from "cloudflare";
import { readCommandLine, reportFailure } from "./command-line.ts";
import { apiToken } from "./deploy/credentials.ts";
import { apply, checkDeployed, type Deployment, planNow } from "./deploy/apply.ts";
import { destroy, planDestruction } from "./deploy/destroy.ts";
import { readInstance, REGIONS, saveInstance } from "./deploy/instance.ts";
import { readProduct } from "./deploy/product.ts";
import { completeInstance, fromEnvironment, personAtTerminal } from "./deploy/questions.ts";
import { readAccount } from "./deploy/read-account.ts";
import { showPlan } from "./deploy/show-plan.ts";
import { wranglerOf } from "./deploy/wrangler.ts";

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;
const USAGE = `Usage: npm run deploy -- [options]
Deploys Kinora to a Cloudflare account, or updates it. It shows every change and asks before it begins.

  --plan                    change nothing, print what would happen
  --yes                     ask nothing, as in CI
  --smoke-test              only try out what is deployed
  --destroy NAME            delete the instance of this name with every video
  --name NAME               of the instance, which its resources begin with (kinora)
  --domain HOST             hostname on a zone of the account; without it <name>-web.pages.dev
  --region REGION           ${REGIONS.join(", ")}; without it near you
  --admin EMAIL             the first administrator
  --mail-endpoint URL       of the service that sends mail; without it, no mail is sent
  --mail-from SENDER        "Kinora <no-reply@example.com>"
  --uploads storage|worker  parts of uploads go straight to R2, or through the Worker without an R2 token
  --account ID              which account, if the API token reaches several

Settings that are not given are asked for, and kept in kinora.config.json. In CI, KINORA_DEPLOY_NAME,
KINORA_DEPLOY_MAIL_ENDPOINT and so on give them too. docs/operations.md describes the rest.`;

const { values } = readCommandLine(USAGE, {
  options: {
    plan: flag,
    yes: flag,
    "smoke-test": flag,
    destroy: text,
    name: text,
    domain: text,
    region: text,
    admin: text,
    "mail-endpoint": text,
    "mail-from": text,
    uploads: text,
    account: text,
  },
});

/** The settings given by flags, by their names in kinora.config.json. */
function fromFlags(): Record<string, string> {
  const { "mail-endpoint": mailEndpoint, "mail-from": mailFrom, name, domain, region } = values;
  const { admin, uploads, account } = values;
  const given = { name, domain, region, admin, mailEndpoint, mailFrom, uploads, account };
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

const print = (line: string): void => console.log(line);
const person = personAtTerminal();

async function agree(question: string): Promise<boolean> {
  if (values.yes) return true;
  if (!person) throw new Error("Nobody is here to agree: run it with --yes.");
  return /^y(es)?$/i.test((await person.ask(`${question} [y/N] `)).trim());
}

async function destroyInstance(deployment: Deployment, typed: string): Promise<void> {
  const { client, instance, product, token } = deployment;
  const state = await readAccount(client, instance, product);
  const parts = planDestruction(instance, product, state);
  const refused = new Error(`Nothing was deleted: the instance is called ${instance.name}.`);
  if (typed !== instance.name) throw refused;
  if (parts.length === 0)
    return print(`Nothing was deleted: ${state.account.name} has no instance ${instance.name}.`);
  print(`This deletes, for ever:\n${parts.map(({ what }) => `  - ${what}`).join("\n")}`);
  print("A bucket of backups is kept: delete it in the dashboard.");
  const name = person
    ? (await person.ask(`Type the name of the instance (${instance.name}) to delete it: `)).trim()
    : typed;
  if (name !== instance.name) throw refused;
  const wrangler = wranglerOf({ account: state.account.id, token });
  await destroy(client, wrangler, instance, parts, state.account.id, print);
  return print("Deleted.");
}

async function main(): Promise<void> {
  const saved = await readInstance();
  const given = { ...saved, ...fromEnvironment(process.env), ...fromFlags() };
  const token = apiToken(process.env);
  const instance = await completeInstance(given, person);
  const client = new Cloudflare({ apiToken: token });
  const environment = process.env;
  const deployment = { client, token, instance, product: readProduct(), environment, print };
  if (values.destroy !== undefined) return destroyInstance(deployment, values.destroy);
  if (values["smoke-test"]) return checkDeployed(deployment);
  const { plan, state } = await planNow(deployment);
  print(showPlan(instance, state, plan));
  if (values.plan) return undefined;
  if (plan.obstacles.length > 0) throw new Error("Nothing was changed.");
  if (!(await agree("\nDo this?"))) return print("Nothing was changed.");
  // The account is saved too, so that a token for another one later updates nothing there.
  await saveInstance({ ...instance, account: state.account.id });
  await apply(deployment, plan, state);
  return print("\nDone.");
}

try {
  await main();
} catch (error) {
  await reportFailure(error);
} finally {
  person?.close();
}
