import type { HlsConfig } from "hls.js";
import type { Licenses } from "../../../workers/contract/playback.ts";

let emeController: HlsConfig["emeController"];

/** Called by `drm-code.ts` when it is loaded. */
export function setEmeController(controller: NonNullable<HlsConfig["emeController"]>): void {
  emeController = controller;
}

/** hls.js settings for the deployment's DRM licence servers, whose code is loaded; empty when there are none. */
export function drmConfig(licenses: Licenses): Partial<HlsConfig> {
  const systems = Object.entries(licenses);
  if (systems.length === 0) return {};
  const drmSystems = Object.fromEntries(
    systems.map(([system, licenseUrl]) => [system, { licenseUrl }]),
  );
  return { emeEnabled: true, ...(emeController && { emeController }), drmSystems };
}
