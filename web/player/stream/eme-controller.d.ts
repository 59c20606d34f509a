/** The part of hls.js for Encrypted Media Extensions, which the build keeps apart (hls-sources.ts). */
declare module "hls.js/eme-controller" {
  import type { HlsConfig } from "hls.js";
  const EmeController: NonNullable<HlsConfig["emeController"]>;
  export default EmeController;
}
