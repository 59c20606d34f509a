import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";

const given = env as unknown as {
  CATALOG_MIGRATIONS: D1Migration[];
  SEARCH_MIGRATIONS: D1Migration[];
};
await applyD1Migrations(env.CATALOG, given.CATALOG_MIGRATIONS);
await applyD1Migrations(env.SEARCH, given.SEARCH_MIGRATIONS);
