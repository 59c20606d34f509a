import type { CompiledMessages } from "./translate.ts";

/** Catalogues that few viewers need: those for the site's staff, and the list of keyboard shortcuts. */
export const WORK_CATALOGUES = import.meta.glob<CompiledMessages>(
  [
    "../messages/*/{access,admin,analytics,audit,editor,keys,moderation,operate,own-list,studio}.ts",
  ],
  { import: "messages" },
);
