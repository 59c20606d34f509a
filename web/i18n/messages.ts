import type { messages as access } from "../messages/en/access.ts";
import type { messages as account } from "../messages/en/account.ts";
import type { messages as admin } from "../messages/en/admin.ts";
import type { messages as analytics } from "../messages/en/analytics.ts";
import type { messages as audit } from "../messages/en/audit.ts";
import type { messages as browse } from "../messages/en/browse.ts";
import type { messages as editor } from "../messages/en/editor.ts";
import type { messages as forms } from "../messages/en/forms.ts";
import type { messages as head } from "../messages/en/head.ts";
import type { messages as keys } from "../messages/en/keys.ts";
import type { messages as legal } from "../messages/en/legal.ts";
import type { messages as library } from "../messages/en/library.ts";
import type { messages as moderation } from "../messages/en/moderation.ts";
import type { messages as locked } from "../messages/en/locked.ts";
import type { messages as operate } from "../messages/en/operate.ts";
import type { messages as ownList } from "../messages/en/own-list.ts";
import type { messages as profiles } from "../messages/en/profiles.ts";
import type { messages as site } from "../messages/en/site.ts";
import type { messages as studio } from "../messages/en/studio.ts";
import type { messages as watch } from "../messages/en/watch.ts";

/** A catalogue is one file per language: `site` is loaded with every page, the others with the pages that need them. */
export interface Catalogues {
  site: typeof site;
  browse: typeof browse;
  watch: typeof watch;
  keys: typeof keys;
  legal: typeof legal;
  library: typeof library;
  account: typeof account;
  admin: typeof admin;
  audit: typeof audit;
  moderation: typeof moderation;
  operate: typeof operate;
  profiles: typeof profiles;
  studio: typeof studio;
  editor: typeof editor;
  analytics: typeof analytics;
  "own-list": typeof ownList;
  locked: typeof locked;
  access: typeof access;
  forms: typeof forms;
  head: typeof head;
}

export type CatalogueName = keyof Catalogues;

/** Every message by its key, in English. All languages have the same arguments. */
export type Messages = typeof site &
  typeof browse &
  typeof watch &
  typeof keys &
  typeof legal &
  typeof library &
  typeof account &
  typeof admin &
  typeof audit &
  typeof moderation &
  typeof operate &
  typeof profiles &
  typeof studio &
  typeof editor &
  typeof analytics &
  typeof ownList &
  typeof locked &
  typeof access &
  typeof forms &
  typeof head;

export type MessageKey = keyof Messages;

/** A catalogue in another language: it has exactly the messages of the English one. */
export type Translated<Name extends CatalogueName> = Record<keyof Catalogues[Name], string>;
