import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { experimental_readRawConfig as readRawConfig, type Unstable_RawConfig } from "wrangler";
import { z } from "zod";
import { breakingMigrations } from "../check/migrations.ts";
import { ROOT } from "../dev/settings.ts";

export type WranglerConfig = Unstable_RawConfig;

/** The resources of an instance in an account, as wrangler.toml lists them. */
export interface Product {
  config: WranglerConfig;
  vars: Record<string, string>;
  databases: { binding: string; folder: string; migrations: string[] }[];
  /** Statements in migrations that would break the Worker that runs while they are applied: `folder/file: reason`. */
  breaking: string[];
  queues: string[];
  /** Analytics Engine datasets, which are created with the first data point. */
  datasets: string[];
  /** Names of the secrets without which the Worker does not start. */
  secrets: string[];
  /** The newest migration of Durable Object classes; empty for none. */
  objectsTag: string;
  /** Paths that Pages hands to functions (`_routes.json`). */
  functionPaths: string[];
}

/** @throws Error when wrangler.toml is not in the form that this command expects */
export function readProduct(): Product {
  const config: WranglerConfig = readRawConfig({ config: join(ROOT, "wrangler.toml") }).rawConfig;
  const databases = (config.d1_databases ?? []).map(({ binding, migrations_dir }) => {
    if (!migrations_dir) throw new Error(`The database ${binding} has no migrations_dir.`);
    const files = readdirSync(join(ROOT, migrations_dir)).filter((file) => file.endsWith(".sql"));
    return { binding, folder: migrations_dir, migrations: files.toSorted() };
  });
  const routes = JSON.parse(readFileSync(join(ROOT, "web/public/_routes.json"), "utf8")) as {
    include: string[];
  };
  const { producers = [], consumers = [] } = config.queues ?? {};
  const queues = [
    ...producers.map(({ queue }) => queue),
    ...consumers.flatMap(({ queue, dead_letter_queue: dead }) => [queue, dead]),
  ].filter((name) => name !== undefined);
  return {
    config,
    vars: z.record(z.string(), z.string()).parse(config.vars ?? {}),
    databases,
    breaking: breakingMigrations(),
    queues: [...new Set(queues)],
    datasets: (config.analytics_engine_datasets ?? []).map(
      ({ binding, dataset }) => dataset ?? binding,
    ),
    secrets: config.secrets?.required ?? [],
    objectsTag: config.migrations?.at(-1)?.tag ?? "",
    functionPaths: routes.include,
  };
}
