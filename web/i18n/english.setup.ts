import { compileMessages } from "./compile-messages.ts";
import { addMessages } from "./translate.ts";
import { messages as access } from "../messages/en/access.ts";
import { messages as account } from "../messages/en/account.ts";
import { messages as analytics } from "../messages/en/analytics.ts";
import { messages as browse } from "../messages/en/browse.ts";
import { messages as editor } from "../messages/en/editor.ts";
import { messages as forms } from "../messages/en/forms.ts";
import { messages as head } from "../messages/en/head.ts";
import { messages as library } from "../messages/en/library.ts";
import { messages as locked } from "../messages/en/locked.ts";
import { messages as ownList } from "../messages/en/own-list.ts";
import { messages as site } from "../messages/en/site.ts";
import { messages as studio } from "../messages/en/studio.ts";
import { messages as watch } from "../messages/en/watch.ts";

// The site's build compiles the catalogues; tests do it here, in English only.
addMessages(
  compileMessages({
    ...site,
    ...browse,
    ...watch,
    ...library,
    ...account,
    ...analytics,
    ...studio,
    ...editor,
    ...ownList,
    ...locked,
    ...access,
    ...forms,
    ...head,
  }),
);
