import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../dev/settings.ts";
import type { AccountState } from "./account-state.ts";
import type { Instance } from "./instance.ts";
import type { Product } from "./product.ts";
import { workerConfig } from "./wrangler-config.ts";

/** wrangler's configuration of an instance, as a file that exists only while a command needs it. */
export interface ConfigFile extends AsyncDisposable {
  path: string;
}

/**
 * Writes the configuration beside wrangler.toml, so that the same relative paths apply. Wrangler itself does not look
 * for this name, and git ignores it.
 */
export async function writeConfigFile(
  instance: Instance,
  product: Product,
  { account, databases, zone }: Pick<AccountState, "account" | "databases" | "zone">,
): Promise<ConfigFile> {
  const ids = Object.entries(databases).map(([binding, { uuid }]) => [binding, uuid ?? ""]);
  const config = workerConfig(instance, product, {
    account: account.id,
    databases: Object.fromEntries(ids) as Record<string, string>,
    zone: zone?.name ?? null,
  });
  const path = join(ROOT, `kinora.${instance.name}.wrangler.json`);
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`);
  return { path, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}
