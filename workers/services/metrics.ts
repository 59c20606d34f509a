import { routeGroup } from "../domain/route-groups.ts";
import { count, hasCounted, observe, takePoints } from "../count.ts";
import { log } from "../log.ts";
import { newId } from "../domain/id.ts";

type MetricsSender = Pick<Env, "EVENTS">;

/** How long an isolate counts before it sends: less than the 30 s for which the runtime keeps `waitUntil` alive. */
const SEND_DELAY_MS = 20_000;

/** Until when a message counts as being sent: if its invocation is interrupted, it never is. */
let sendingUntil = 0;

/**
 * Sends what this isolate has counted, some seconds from now and in one message for all of its invocations until then.
 * If the isolate ends before, its counts are lost: the numbers are statistics.
 */
export function sendMetricsSoon(
  env: MetricsSender,
  ctx: Pick<ExecutionContext, "waitUntil">,
): void {
  const now = Date.now();
  if (now < sendingUntil || !hasCounted()) return;
  sendingUntil = now + 2 * SEND_DELAY_MS;
  ctx.waitUntil(scheduler.wait(SEND_DELAY_MS).then(() => sendMetrics(env)));
}

/** Sends what this isolate has counted. Never fails: no work may depend on its statistics. */
export async function sendMetrics(env: MetricsSender): Promise<void> {
  sendingUntil = 0;
  const points = takePoints();
  if (points.length === 0) return;
  await env.EVENTS.send({ kind: "metrics", id: newId(), at: Date.now(), points }).catch(
    (error: unknown) => log("metrics.lost", { points: points.length, error }),
  );
}

/** Whether a batch has more than numbers, whose handling is no reason to send others. */
export function isWork({ messages }: Pick<MessageBatch, "messages">): boolean {
  const kinds = messages.map(({ body }) => (body as { kind?: unknown } | null)?.kind);
  return kinds.some((kind) => kind !== "metrics" && kind !== "audience");
}

/** A runner waits for work for up to half a minute, which says nothing about the Worker. */
const isTimed = (group: string): boolean => group !== "runner";

/** Serves a request, and counts it with its status and time. */
export async function countingRequest(
  pathname: string,
  env: MetricsSender,
  ctx: Pick<ExecutionContext, "waitUntil">,
  serve: () => Response | Promise<Response>,
): Promise<Response> {
  const group = routeGroup(pathname);
  const start = Date.now();
  let status = 500;
  try {
    const response = await serve();
    ({ status } = response);
    return response;
  } finally {
    count("requests", { group, status: `${Math.trunc(status / 100)}xx` });
    if (isTimed(group)) observe("request.ms", { group }, Date.now() - start);
    sendMetricsSoon(env, ctx);
  }
}
