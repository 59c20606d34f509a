import type { HlsConfig } from "hls.js";
import type { Licenses } from "../../workers/contract/playback.ts";

/** What hls.js needs to ask a DRM system's licence server; nothing where the deployment has none. */
export function drmConfig(licenses: Licenses): Partial<HlsConfig> {
  const systems = Object.entries(licenses);
  if (systems.length === 0) return {};
  const drmSystems = Object.fromEntries(
    systems.map(([system, licenseUrl]) => [system, { licenseUrl }]),
  );
  return { emeEnabled: true, drmSystems };
}
