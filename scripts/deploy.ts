/**
 * `npm run deploy`: deploys Kinora to a Cloudflare account, or updates what is deployed. It asks for the settings (in
 * CI, flags and `KINORA_DEPLOY_…` provide them), shows what would change, and applies it after confirmation.
 *
 *     npm run deploy -- --plan             change nothing, print what would happen
 *     npm run deploy -- --yes              ask nothing, as in CI
 *     npm run deploy -- --smoke-test       only try out what is deployed
 *     npm run deploy -- --destroy kinora   delete the instance of this name with every video
 *     --name --domain --region --admin --mail-endpoint --mail-from --uploads storage|worker --account
 */
import { parseArgs } from "node:util";
import Cloudflare from "cloudflare";
import { apiToken } from "./deploy/credentials.ts";
import { apply, checkDeployed, type Deployment, planNow } from "./deploy/apply.ts";
import { destroy, planDestruction } from "./deploy/destroy.ts";
import { readInstance, saveInstance } from "./deploy/instance.ts";
import { readProduct } from "./deploy/product.ts";
import { completeInstance, fromEnvironment, personAtTerminal } from "./deploy/questions.ts";
import { readAccount } from "./deploy/read-account.ts";
import { showPlan } from "./deploy/show-plan.ts";
import { wranglerOf } from "./deploy/wrangler.ts";

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;
const { values } = parseArgs({
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

/** The settings that flags give, by their names in kinora.config.json. */
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
  print(`This deletes, for ever:\n${parts.map(({ what }) => `  - ${what}`).join("\n")}`);
  const name = person
    ? (await person.ask(`Type the name of the instance (${instance.name}) to delete it: `)).trim()
    : typed;
  if (name !== instance.name || typed !== instance.name)
    throw new Error(`Nothing was deleted: the instance is called ${instance.name}.`);
  const wrangler = wranglerOf({ account: state.account.id, token });
  await destroy(client, wrangler, instance, parts, state.account.id, print);
  print("Deleted.");
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
  // The account too, so that a token that reaches another one later updates nothing there.
  await saveInstance({ ...instance, account: state.account.id });
  await apply(deployment, plan, state);
  return print("\nDone.");
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  person?.close();
}
