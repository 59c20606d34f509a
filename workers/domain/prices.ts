/**
 * List prices of Cloudflare's paid plan, in US dollars, and what the plan includes per month. Pages and alerts
 * calculate with this table. If you pay other prices, change them here.
 */
export const PRICES = {
  /** When they were read, and where: documentation pages as others have copied them, none on the provider's own page. */
  readOn: "2026-11-30",
  source: "https://developers.cloudflare.com/workers/platform/pricing/",
  /** The plan itself, per month. */
  planDollars: 5,
  resources: {
    requests: { unit: "request", dollars: 0.3, per: 1e6, included: 10e6 },
    "processor-time": { unit: "ms", dollars: 0.02, per: 1e6, included: 30e6 },
    "rows-read": { unit: "row", dollars: 0.001, per: 1e6, included: 25e9 },
    "rows-written": { unit: "row", dollars: 1, per: 1e6, included: 50e6 },
    "database-storage": { unit: "gb-month", dollars: 0.75, per: 1, included: 5 },
    "object-storage": { unit: "gb-month", dollars: 0.015, per: 1, included: 10 },
    "storage-writes": { unit: "operation", dollars: 4.5, per: 1e6, included: 1e6 },
    "storage-reads": { unit: "operation", dollars: 0.36, per: 1e6, included: 10e6 },
    "queue-operations": { unit: "operation", dollars: 0.4, per: 1e6, included: 1e6 },
    "object-requests": { unit: "request", dollars: 0.15, per: 1e6, included: 1e6 },
    "object-time": { unit: "gb-second", dollars: 12.5, per: 1e6, included: 400_000 },
    "runner-processors": { unit: "vcpu-second", dollars: 20, per: 1e6, included: 375 * 60 },
    "runner-memory": { unit: "gib-second", dollars: 2.5, per: 1e6, included: 25 * 3600 },
    "runner-disk": { unit: "gb-second", dollars: 0.07, per: 1e6, included: 200 * 3600 },
  },
  /** Cloudflare Stream, which does the same as a service: storage is per month. */
  stream: {
    source: "https://developers.cloudflare.com/stream/pricing/",
    dollarsPerStoredMinute: 5 / 1000,
    dollarsPerDeliveredMinute: 1 / 1000,
  },
} as const;

export type PricedResource = keyof typeof PRICES.resources;

/** Memory and disk of a container by its cores: `standard-2` to `standard-4` (developers.cloudflare.com/containers/platform-details/limits). */
export function containerSize(cores: number): { cores: number; memoryGiB: number; diskGB: number } {
  if (cores >= 4) return { cores: 4, memoryGiB: 12, diskGB: 20 };
  return cores >= 2
    ? { cores: 2, memoryGiB: 8, diskGB: 16 }
    : { cores: 1, memoryGiB: 6, diskGB: 12 };
}
