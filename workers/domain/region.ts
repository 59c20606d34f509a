/** Location hints of Durable Objects: developers.cloudflare.com/durable-objects/reference/data-location */
const REGIONS = ["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"] as const;
export type Region = (typeof REGIONS)[number];

/**
 * Where runners start: near the database and the bucket, not near the uploader. Undefined if the deployment does not
 * set it.
 * @throws Error that names the allowed values
 */
export function regionOf({ REGION }: { REGION?: string | undefined }): Region | undefined {
  // A deployment whose settings are from an earlier version has none.
  if (!REGION) return undefined;
  const region = REGIONS.find((one) => one === REGION);
  if (region === undefined)
    throw new Error(`REGION is "${REGION}"; it must be empty or one of ${REGIONS.join(", ")}.`);
  return region;
}
