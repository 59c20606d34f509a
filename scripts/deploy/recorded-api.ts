import type { AccountState } from "./account-state.ts";

/** Names after these words are parameters of a path. */
const COLLECTIONS = new Set([
  "accounts",
  "database",
  "buckets",
  "scripts",
  "projects",
  "deployments",
  "tokens",
]);
const NOT_PARAMETERS = new Set(["permission_groups"]);

/** A request to Cloudflare's API. */
export interface ApiCall {
  /** The operation as named in its OpenAPI schema: `GET /accounts/{}/queues`. */
  operation: string;
  url: URL;
  body: Record<string, unknown>;
}

export function operationOf(method: string, url: URL): string {
  const parts = url.pathname.replace("/client/v4", "").split("/");
  const path = parts.map((part, index) =>
    COLLECTIONS.has(parts[index - 1] ?? "") && !NOT_PARAMETERS.has(part) ? "{}" : part,
  );
  return `${method} ${path.join("/")}`;
}

/** The database's response to a query: which tables and migrations it has, and the number of administrators. */
function rowsOf(state: AccountState, { url, body }: ApiCall): object[] {
  const [binding = ""] =
    Object.entries(state.databases).find(
      ([, { uuid }]) => uuid !== undefined && url.pathname.includes(uuid),
    ) ?? [];
  const sql = String(body["sql"]);
  if (sql.includes("sqlite_schema")) return [{ name: "d1_migrations" }, { name: "user" }];
  if (sql.includes("d1_migrations"))
    return (state.applied[binding] ?? []).map((name) => ({ name }));
  return sql.includes("count(*)") ? [{ n: state.admins }] : [];
}

/** The result of a call in an account of this state; null for what the account does not have. */
function resultOf(state: AccountState, call: ApiCall): unknown {
  switch (call.operation) {
    case "GET /accounts":
      return [state.account];
    case "GET /accounts/{}/subscriptions":
      return state.subscriptions;
    case "GET /accounts/{}/d1/database":
      return Object.values(state.databases);
    case "POST /accounts/{}/d1/database/{}/query":
      return [{ success: true, meta: {}, results: rowsOf(state, call) }];
    case "GET /accounts/{}/r2/buckets/{}":
      return state.bucket;
    case "GET /accounts/{}/r2/buckets/{}/cors":
      return state.cors;
    case "GET /accounts/{}/r2/buckets/{}/lifecycle":
      return state.lifecycle;
    case "GET /accounts/{}/queues":
      return state.queues;
    case "GET /accounts/{}/workers/scripts":
      return state.worker === null ? [] : [state.worker];
    case "GET /accounts/{}/workers/scripts/{}/deployments":
      return { deployments: state.deployment === null ? [] : [state.deployment] };
    case "GET /accounts/{}/workers/scripts/{}/secrets":
      return state.secrets;
    case "GET /accounts/{}/pages/projects/{}":
      return state.site;
    case "GET /accounts/{}/pages/projects/{}/domains":
      return state.domains;
    case "GET /zones":
      return call.url.searchParams.get("name") === state.zone?.name ? [state.zone] : [];
    default:
      return [];
  }
}

const envelope = (result: unknown, errors: object[] = []) => ({
  success: errors.length === 0,
  ...{ errors, messages: [], result },
});

/** Responds like Cloudflare's API for an account in this state. Nothing changes it. */
export function answerAs(state: AccountState, call: ApiCall): Response {
  const isFirstPage = Number(call.url.searchParams.get("page") ?? "1") === 1;
  const result = isFirstPage ? resultOf(state, call) : [];
  if (result !== null) return Response.json(envelope(result));
  const missing = { code: 10006, message: "It does not exist." };
  return Response.json(envelope(null, [missing]), { status: 404 });
}
