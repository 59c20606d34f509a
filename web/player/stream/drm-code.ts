// hls.js' part for Encrypted Media Extensions, a chunk for the videos that need it (media-source.ts).
import EmeController from "hls.js/eme-controller";
import { setEmeController } from "./drm-config.ts";

setEmeController(EmeController);
