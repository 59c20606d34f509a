import { waitUntil } from "cloudflare:workers";
import { languageCodes } from "../contract/language-codes.ts";
import { LEGAL_PAGES, type LegalPage, SETTING_NAMES } from "../contract/setting-names.ts";
import type {
  SettingsChange,
  SettingsState,
  SettingsVersion,
  SiteInfo,
} from "../contract/site-settings.ts";
import { noteAct } from "../audit-note.ts";
import { catalog } from "../db/client.ts";
import {
  insertSettings,
  latestSettings,
  listSettings,
  type SettingsRow,
} from "../db/site-settings.ts";
import { isReadableAccent } from "../domain/accent.ts";
import { AppError } from "../domain/errors.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import {
  changedSettings,
  isSameSettings,
  logoFile,
  notOffered,
  type Offered,
  offeredBy,
  settingsOf,
  variablesOf,
  withoutImage,
} from "../domain/site-settings.ts";
import { log } from "../log.ts";

/** How long an isolate uses its copy, and how long it may keep using it while it reads again. */
const CACHE_TTL_SETTINGS_MS = 30_000;
const MAX_STALE_MS = 30_000;
/** After a failure the last settings stay in use, and are soon read again. */
const RETRY_AFTER_MS = 5000;

/** Same path as in `routes/site-settings.ts`. A change of the settings changes the address. */
const LOGO_PATH = "/v1/site/logo";

interface Known {
  row: Pick<SettingsRow, "version" | "edited"> | null;
  until: number;
}

/** By its binding, since the tests of one isolate have several. */
const known = new WeakMap<D1Database, Known>();

async function currentRow(env: Pick<Env, "CATALOG">): Promise<Known["row"]> {
  const cached = known.get(env.CATALOG);
  const now = Date.now();
  if (cached && cached.until > now) return cached.row;
  if (!cached || cached.until + MAX_STALE_MS <= now) return readAgain(env, cached);
  // Concurrent requests do not read it too.
  known.set(env.CATALOG, { row: cached.row, until: now + RETRY_AFTER_MS });
  waitUntil(readAgain(env, cached));
  return cached.row;
}

async function readAgain(
  env: Pick<Env, "CATALOG">,
  cached: Known | undefined,
): Promise<Known["row"]> {
  const now = Date.now();
  try {
    const row = await latestSettings(catalog(env));
    known.set(env.CATALOG, { row, until: now + CACHE_TTL_SETTINGS_MS });
    return row;
  } catch (error) {
    log("settings.unavailable", { error });
    const row = cached?.row ?? null;
    known.set(env.CATALOG, { row, until: now + RETRY_AFTER_MS });
    return row;
  }
}

/** The bindings with the variables that the settings have taken the place of. */
interface Configured {
  version: number;
  env: Env;
}
const configured = new WeakMap<Env, Configured>();
/** The bindings as wrangler.toml has them, by those with the settings. */
const originals = new WeakMap<Env, Env>();

/**
 * The bindings with the variables overridden by the site's settings. It is the same object as long as the settings are
 * the same, because caches are keyed by it.
 */
export async function withSettings(env: Env): Promise<Env> {
  const original = originals.get(env) ?? env;
  const row = await currentRow(original);
  if (row === null) return original;
  const made = configured.get(original);
  if (made?.version === row.version) return made.env;
  const own = { ...original, ...variablesOf(row.edited) } as Env;
  originals.set(own, original);
  configured.set(original, { version: row.version, env: own });
  return own;
}

function present(env: Env, row: Known["row"]): SettingsState {
  const defaults = settingsOf(originals.get(env) ?? env);
  const edited = row?.edited ?? {};
  return {
    version: row?.version ?? 0,
    defaults,
    values: { ...defaults, ...edited },
    edited: SETTING_NAMES.filter((name) => edited[name] !== undefined),
  };
}

/** The settings as the catalogue has them now. */
export async function readSettings(env: Env): Promise<SettingsState> {
  return present(env, await latestSettings(catalog(env)));
}

/**
 * Changes settings. They apply at once in this isolate, and everywhere within a minute.
 * @throws AppError invalid_request, precondition_failed after a concurrent change
 */
export async function changeSettings(
  env: Env,
  principal: Principal,
  { version, values, reset }: SettingsChange,
): Promise<SettingsState> {
  const { accent } = values;
  if (accent && !isReadableAccent(accent))
    throw new AppError("invalid_request", "Dark text cannot be read on this colour.", {
      fields: [{ path: "body.values.accent", message: "must be light enough for dark text" }],
    });
  const db = catalog(env);
  const before = await latestSettings(db);
  const edited = changedSettings(before?.edited ?? {}, values, reset);
  const { userId: changedBy } = signedIn(principal);
  const row = { version: version + 1, edited, changedBy, changedAt: Date.now() };
  const isCurrent = (before?.version ?? 0) === version;
  // Saving a form without a change adds no version.
  if (isCurrent && isSameSettings(edited, before?.edited ?? {})) return present(env, before);
  if (!isCurrent || !(await insertSettings(db, row)))
    throw new AppError(
      "precondition_failed",
      "The settings were changed in the meantime. Load them again.",
    );
  known.set(env.CATALOG, { row, until: Date.now() + CACHE_TTL_SETTINGS_MS });
  noteAct({ before: withoutImage(before?.edited ?? {}), after: withoutImage(edited) });
  log("settings.changed", {
    version: row.version,
    names: Object.keys(values),
    reset,
    by: changedBy,
  });
  return present(env, row);
}

/** The versions that are kept, the newest first. */
export async function settingsVersions(env: Pick<Env, "CATALOG">): Promise<SettingsVersion[]> {
  const rows = await listSettings(catalog(env));
  return rows.map(({ version, edited, changedAt, name }) => ({
    version,
    changedAt: new Date(changedAt).toISOString(),
    changedBy: name,
    values: edited,
  }));
}

/** The categories and languages that the site offers now. */
export async function siteOffers(env: Pick<Env, "CATALOG">): Promise<Offered> {
  return offeredBy((await currentRow(env))?.edited ?? {});
}

/**
 * Refuses a category or a language that the site does not offer. What a video has already it may keep.
 * @throws AppError invalid_request
 */
export async function assertOffered(
  env: Pick<Env, "CATALOG">,
  change: Parameters<typeof notOffered>[1],
  before?: Parameters<typeof notOffered>[2],
): Promise<void> {
  if (change.category === undefined && !change.language) return;
  const faults = notOffered(await siteOffers(env), change, before);
  const [first] = faults;
  if (first)
    throw new AppError("invalid_request", `body.${first.field}: ${first.message}`, {
      fields: faults.map(({ field, message }) => ({ path: `body.${field}`, message })),
    });
}

const rowOf = (env: Env): Promise<Known["row"]> => currentRow(originals.get(env) ?? env);

/** The public settings of the site. */
export async function siteInfo(env: Env): Promise<SiteInfo> {
  const row = await rowOf(env);
  const edited = row?.edited ?? {};
  return {
    logo: edited.logo ? `${LOGO_PATH}?v=${row?.version}` : null,
    name: edited.name ?? env.PRODUCT_NAME,
    accent: edited.accent ?? null,
    categories: edited.categories ?? null,
    languages: languageCodes(edited.languages ?? ""),
    legal: LEGAL_PAGES.filter((page) => edited[page]),
  };
}

/** The logo of the site. @throws AppError not_found if it has no logo */
export async function siteLogo(env: Env): Promise<ReturnType<typeof logoFile>> {
  const logo = (await rowOf(env))?.edited.logo;
  if (!logo) throw new AppError("not_found", "This site has no logo.");
  return logoFile(logo);
}

/** The text of a legal page. @throws AppError not_found for one that has none */
export async function legalText(env: Env, page: LegalPage): Promise<string> {
  const text = (await rowOf(env))?.edited[page];
  if (!text) throw new AppError("not_found", "This site has no such page.");
  return text;
}
