import { createHash } from "node:crypto";
import type { Instance } from "./instance.ts";

/** The name in wrangler.toml and the prefix of other names there. An instance with this name keeps all of them. */
const PRODUCT_NAME = "kinora";

type Named = Pick<Instance, "name">;

/** `kinora-media` is `acme-media` in the instance acme. */
export function instanceName({ name }: Named, productName: string): string {
  return productName.startsWith(`${PRODUCT_NAME}-`)
    ? `${name}${productName.slice(PRODUCT_NAME.length)}`
    : productName;
}

/** `events` is `acme-events` in the instance acme: names of queues are unique in an account, and ours have no prefix. */
export function queueName({ name }: Named, queue: string): string {
  return name === PRODUCT_NAME ? queue : `${name}-${queue}`;
}

/** `kinora_events` is `acme_events` in the instance acme. */
export function datasetName({ name }: Named, dataset: string): string {
  const prefix = name.replaceAll("-", "_");
  return dataset.startsWith(PRODUCT_NAME)
    ? `${prefix}${dataset.slice(PRODUCT_NAME.length)}`
    : `${prefix}_${dataset}`;
}

/** The name of the R2 token, by which it is found again. */
export const tokenName = (instance: Named): string => `${instance.name}: parts of uploads`;

/** Ids below this come from wrangler.toml. */
const OTHER_NAMESPACES = 100_000;

/**
 * The id of a rate limit, which is counted per account: two instances must not share one. Another instance derives one
 * from its name.
 */
export function namespaceId({ name }: Named, id: string): string {
  if (name === PRODUCT_NAME) return id;
  const hash = createHash("sha256").update(name).digest().readUInt32BE() % OTHER_NAMESPACES;
  return String(OTHER_NAMESPACES + hash * 10_000 + Number(id));
}
