import type { CompiledMessages } from "./translate.ts";

/** The catalogues of those who work with the site: creators, moderators, operators and admins. */
export const WORK_CATALOGUES = import.meta.glob<CompiledMessages>(
  ["../messages/*/{access,admin,analytics,audit,editor,moderation,operate,own-list,studio}.ts"],
  { import: "messages" },
);
