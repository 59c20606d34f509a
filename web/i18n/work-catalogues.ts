import type { CompiledMessages } from "./translate.ts";

/** Catalogues that few viewers need: of those who work with the site, and of the list of keys. */
export const WORK_CATALOGUES = import.meta.glob<CompiledMessages>(
  [
    "../messages/*/{access,admin,analytics,audit,editor,keys,moderation,operate,own-list,studio}.ts",
  ],
  { import: "messages" },
);
