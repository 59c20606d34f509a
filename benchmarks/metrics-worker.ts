// The product, one of whose videos is served from memory.
export * from "../workers/index.ts";
export { default } from "../workers/index.ts";
export { Media } from "./gate-worker.ts";
