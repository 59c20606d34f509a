import product, {
  Media as ProductMedia,
  PublicReads as ProductPublicReads,
  ViewCounter as ProductViewCounter,
} from "../workers/index.ts";
import { relayOutbox } from "../workers/services/outbox.ts";
import { CountingD1 } from "../tests/support/worker/counting-d1.ts";

// The other entrypoints and Durable Objects, including new ones: workerd does not respond if one is missing.
export * from "../workers/index.ts";

/** The cost of one step of a page for its databases. */
export interface ReadCost {
  calls: number;
  /** Sequential round trips until the response. */
  hops: number;
  rowsRead: number;
  rowsWritten: number;
}

let latencyMs = 0;
const latency = (): number => latencyMs;
const databases: CountingD1[] = [];
/**
 * There is one per isolate, since the product's caches are kept per `env`. The entrypoints and objects of an isolate
 * share it.
 */
let counted: Env | null = null;

function countedEnv(env: Env): Env {
  if (counted) return counted;
  databases.push(new CountingD1(env.CATALOG, latency), new CountingD1(env.SEARCH, latency));
  const [CATALOG, SEARCH] = databases.map(({ binding }) => binding);
  counted = { ...env, CATALOG: CATALOG!, SEARCH: SEARCH! };
  return counted;
}

export class Media extends ProductMedia {
  constructor(ctx: ExecutionContext, env: Env) {
    super(ctx, countedEnv(env));
  }
}

export class PublicReads extends ProductPublicReads {
  constructor(ctx: ExecutionContext, env: Env) {
    super(ctx, countedEnv(env));
  }
}

export class ViewCounter extends ProductViewCounter {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, countedEnv(env));
  }
}

const sum = (of: (database: CountingD1) => number): number =>
  databases.reduce((total, database) => total + of(database), 0);

/** The counts since the last call of this. */
function takeCost(hops: number): ReadCost {
  const cost = {
    calls: sum(({ calls }) => calls),
    hops,
    rowsRead: sum(({ rowsRead }) => rowsRead),
    rowsWritten: sum(({ rowsWritten }) => rowsWritten),
  };
  for (const database of databases) database.reset();
  return cost;
}

let hopsUntilResponse = 0;

const controls: Record<string, (env: Env, body: never) => Promise<unknown>> = {
  "/bench/latency": async (_env, ms: number) => {
    latencyMs = ms;
  },
  "/bench/cost": async () => {
    const cost = takeCost(hopsUntilResponse);
    hopsUntilResponse = 0;
    return cost;
  },
  "/bench/sql": async (env, statements: { sql: string; values: unknown[] }[]) => {
    for (const { sql, values } of statements)
      await env.CATALOG.prepare(sql)
        .bind(...values)
        .run();
  },
  "/bench/put": async (env, objects: { key: string; body: string }[]) => {
    for (const { key, body } of objects) await env.MEDIA.put(key, body);
  },
  "/bench/relay": async (env) => relayOutbox(env),
};

export default {
  fetch: async (request, env, ctx) => {
    const control = controls[new URL(request.url).pathname];
    if (control) return Response.json((await control(env, await request.json())) ?? null);
    const own = countedEnv(env);
    for (const database of databases) database.hops = 0;
    const response = await product.fetch(request, own, ctx);
    hopsUntilResponse += sum(({ hops }) => hops);
    return response;
  },
  queue: async (batch, env, ctx) => product.queue(batch, env, ctx),
} satisfies ExportedHandler<Env>;
