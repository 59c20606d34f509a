import type { SettingsChange } from "../../workers/contract/site-settings.ts";
import { abortable, body, v1 } from "../api-call.ts";

/** The settings of the site, for admins. */
export const getSettings = (signal?: AbortSignal) =>
  body(v1.admin.settings.$get({}, abortable(signal)));
export const putSettings = (change: SettingsChange) =>
  body(v1.admin.settings.$put({ json: change }));
export const listSettingsVersions = async (signal?: AbortSignal) =>
  (await body(v1.admin.settings.versions.$get({}, abortable(signal)))).items;
