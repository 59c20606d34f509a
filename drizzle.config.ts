import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: [
    "./workers/db/schema.ts",
    "./workers/db/upkeep-schema.ts",
    "./workers/db/upload-link-schema.ts",
    "./workers/db/transcoding-schema.ts",
    "./workers/db/playback-schema.ts",
    "./workers/db/runner-schema.ts",
    "./workers/db/report-schema.ts",
    "./workers/db/moderation-schema.ts",
    "./workers/db/audit-schema.ts",
    "./workers/db/video-access-schema.ts",
    "./workers/db/search-schema.ts",
    "./workers/db/site-schema.ts",
    "./workers/db/settings-schema.ts",
    "./workers/db/accounts/auth-schema.ts",
    "./workers/db/accounts/account-admin-schema.ts",
    "./workers/db/accounts/oauth-schema.ts",
  ],
  out: "./migrations/catalog",
});
