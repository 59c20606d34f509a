import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: [
    "./workers/db/schema.ts",
    "./workers/db/playback-schema.ts",
    "./workers/db/search-schema.ts",
    "./workers/db/auth-schema.ts",
    "./workers/db/oauth-schema.ts",
  ],
  out: "./migrations/catalog",
});
