/**
 * For `node --import`: modules of the Worker that a benchmark runs in Node may import `cloudflare:workers`, which only workerd
 * has. Nothing there outlives a request, so `waitUntil` has nothing to do.
 */
import { registerHooks } from "node:module";

const STAND_IN = `
export const env = {};
export const waitUntil = () => {};
export class DurableObject {}
export class WorkerEntrypoint {}
`;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== "cloudflare:workers") return nextResolve(specifier, context);
    return { url: `data:text/javascript,${encodeURIComponent(STAND_IN)}`, shortCircuit: true };
  },
});
