/** Paths whose requests are counted together, the first that fits. */
const GROUPS: readonly [group: string, path: RegExp][] = [
  ["media", /^\/media\//],
  ["images", /^\/images\//],
  ["runner", /^\/api\/runner\//],
  ["auth", /^\/api\/auth\//],
  ["playback", /^\/v1\/(?:beacons$|videos\/[^/]+\/(?:playback|watch)$)/],
  ["uploads", /^\/v1\/uploads/],
  ["search", /^\/v1\/(?:search|suggest)/],
  ["admin", /^\/v1\/admin\//],
  ["api", /^\/v1\//],
];

/** The group of a request, by its path. */
export function routeGroup(pathname: string): string {
  return GROUPS.find(([, path]) => path.test(pathname))?.[0] ?? "other";
}
