// The product, one of whose videos is served from memory.
export {
  AccountLibrary,
  ClaimDesk,
  default,
  PublicReads,
  Runner,
  RunnerApi,
  ViewCounter,
} from "../workers/index.ts";
export { Media } from "./gate-worker.ts";
