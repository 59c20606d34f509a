import type { AppScope } from "../workers/contract/accounts.ts";
import { APP_SCOPES } from "../workers/contract/scopes.ts";
import { t } from "./i18n/translate.ts";

/** The name of a scope's permission, or the scope itself if this build does not know it. */
export function scopeName(scope: string): string {
  return APP_SCOPES.includes(scope as AppScope) ? t(`scope.${scope as AppScope}`) : scope;
}
