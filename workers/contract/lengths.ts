/** Duration ranges; `value` is in minutes, as in search facets and URLs, `below` in seconds. Free of zod, for the browser. */
export const LENGTHS = [
  { value: "0-10", name: "Under 10 min", below: 600 },
  { value: "10-40", name: "10 to 40 min", below: 2400 },
  { value: "40-", name: "Over 40 min", below: Infinity },
] as const;
