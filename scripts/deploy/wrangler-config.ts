import { type Instance, originOf, siteName } from "./instance.ts";
import { datasetName, instanceName, namespaceId, queueName } from "./names.ts";
import type { Product, WranglerConfig } from "./product.ts";

/** Values that only the account knows. */
export interface AccountIds {
  account: string;
  /** Database ids by binding. */
  databases: Record<string, string>;
  /** The name of the hostname's zone; null for pages.dev. */
  zone: string | null;
}

/** Secrets that only direct uploads to the storage need. */
export const STORAGE_SECRETS = ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"];

/** The secrets of an instance. */
export function secretsOf(instance: Pick<Instance, "uploads">, product: Product): string[] {
  return product.secrets.filter(
    (name) => instance.uploads === "storage" || !STORAGE_SECRETS.includes(name),
  );
}

type ContainerRegion = "WNAM" | "ENAM" | "WEUR" | "EEUR" | "APAC" | "OC";

/** Containers use region names in capitals, and `OC` only together with another one. */
const CONTAINER_REGIONS: Record<Exclude<Instance["region"], "">, ContainerRegion[]> = {
  wnam: ["WNAM"],
  enam: ["ENAM"],
  weur: ["WEUR"],
  eeur: ["EEUR"],
  apac: ["APAC"],
  oc: ["OC", "APAC"],
};

/** Paths that Pages answers with its own functions, or caches before it asks the Worker. */
const PATHS_OF_PAGES = /^\/(search|category|tag|creator|watch|embed|sitemap)/;

/** Worker routes for paths that Pages would only forward. A pattern covers the query string too, hence the asterisk. */
export function workerPatterns(host: string, functionPaths: readonly string[]): string[] {
  const paths = functionPaths
    .filter((path) => !PATHS_OF_PAGES.test(path))
    .map((path) => (path.endsWith("*") ? path : `${path}*`))
    // `/docs*` covers `/docs/*`.
    .filter((path, _, all) => !(path.endsWith("/*") && all.includes(`${path.slice(0, -2)}*`)));
  return paths.map((path) => `${host}${path}`);
}

/** Variables that follow from the settings; the others come from wrangler.toml and `vars`. */
export function instanceVars(
  instance: Instance,
  product: Product,
  account: string,
): Record<string, string> {
  const isDirect = instance.uploads === "storage";
  return {
    ...product.vars,
    PUBLIC_ORIGIN: originOf(instance),
    S3_ENDPOINT: `https://${account}.r2.cloudflarestorage.com`,
    S3_BUCKET: instanceName(instance, product.vars["S3_BUCKET"] ?? ""),
    UPLOAD_PARTS: isDirect ? "storage" : "worker",
    REGION: instance.region,
    MAIL_ENDPOINT: instance.mailEndpoint,
    MAIL_FROM: instance.mailFrom,
    ...instance.vars,
    // Settings for development, regardless of wrangler.toml.
    LOCAL_RUNNER_SECRET: "",
    DEV_MAIL: "false",
  };
}

/**
 * The configuration of the Worker of an instance: wrangler.toml with the names, ids and variables of the instance. Paths in
 * it stay relative to the repository.
 */
export function workerConfig(
  instance: Instance,
  product: Product,
  { account, databases, zone }: AccountIds,
): WranglerConfig {
  const { build: _build, dev: _dev, ...base } = product.config;
  const vars = instanceVars(instance, product, account);
  const { producers = [], consumers = [] } = base.queues ?? {};
  return {
    ...base,
    name: instance.name,
    account_id: account,
    vars,
    secrets: { required: secretsOf(instance, product) },
    d1_databases: (base.d1_databases ?? []).map((database) => ({
      ...database,
      database_name: instanceName(instance, database.database_name ?? database.binding),
      database_id: databases[database.binding] ?? "",
    })),
    r2_buckets: (base.r2_buckets ?? []).map(({ local_dev: _localDev, ...bucket }) => ({
      ...bucket,
      bucket_name: instanceName(instance, bucket.bucket_name ?? ""),
    })),
    queues: {
      producers: producers.map((one) => ({
        ...one,
        queue: queueName(instance, one.queue ?? ""),
      })),
      consumers: consumers.map(({ dead_letter_queue: dead, ...one }) => ({
        ...one,
        queue: queueName(instance, one.queue),
        ...(dead !== undefined && { dead_letter_queue: queueName(instance, dead) }),
      })),
    },
    ratelimits: (base.ratelimits ?? []).map((one) => ({
      ...one,
      namespace_id: namespaceId(instance, one.namespace_id ?? "0"),
    })),
    ...(base.analytics_engine_datasets && {
      analytics_engine_datasets: base.analytics_engine_datasets.map((one) => ({
        ...one,
        dataset: datasetName(instance, one.dataset ?? one.binding),
      })),
    }),
    containers: (base.containers ?? []).map((container) => ({
      ...container,
      name: `${instance.name}-runner`,
      max_instances: Math.max(1, Number(vars["MAX_RUNNERS"])),
      ...(instance.region && { constraints: { regions: CONTAINER_REGIONS[instance.region] } }),
    })),
    ...(zone !== null && {
      routes: workerPatterns(instance.domain, product.functionPaths).map((pattern) => ({
        pattern,
        zone_name: zone,
      })),
    }),
  };
}

/** The configuration of the site: its functions call the Worker of the instance. */
export function siteConfig(instance: Instance, product: Product) {
  return {
    name: siteName(instance),
    compatibility_date: product.config.compatibility_date,
    pages_build_output_dir: "dist",
    services: [{ binding: "API", service: instance.name }],
  };
}
