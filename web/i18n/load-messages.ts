import { type Language, SOURCE_LANGUAGE } from "./languages.ts";
import type { CatalogueName } from "./messages.ts";
import { addMessages, type CompiledMessages, language } from "./translate.ts";

/** One file per language and catalogue, compiled by `catalogue-plugin.ts`: the catalogues that viewers need. */
const CATALOGUES = import.meta.glob<CompiledMessages>(
  ["../messages/*/{account,browse,forms,legal,library,locked,profiles,site,watch}.ts"],
  { import: "messages" },
);

function loaderIn(catalogues: typeof CATALOGUES, name: CatalogueName) {
  return (
    catalogues[`../messages/${language()}/${name}.ts`] ??
    catalogues[`../messages/${SOURCE_LANGUAGE}/${name}.ts`]
  );
}

/** Loads a catalogue in the page's language, or in English where it has not been translated. */
export async function loadMessages(name: CatalogueName): Promise<void> {
  const load =
    loaderIn(CATALOGUES, name) ??
    // The list of the others takes a kilobyte, so it is loaded later.
    loaderIn((await import("./work-catalogues.ts")).WORK_CATALOGUES, name);
  if (load) addMessages(await load());
}

/** Catalogues that are needed together with others. */
const COMPANIONS: Partial<Record<CatalogueName, readonly CatalogueName[]>> = {
  account: ["forms"],
  // The reasons of a report, and visibilities.
  admin: ["operate", "watch", "forms", "audit", "moderation"],
  studio: ["forms", "moderation"],
};

/** The labels of media-chrome's controls; English is built in. */
const CONTROLS: Partial<Record<Language, () => Promise<unknown>>> = {
  de: () => import("media-chrome/lang/de"),
  ar: () => import("../player/controls/controls-ar.ts"),
};

/** The module of a page with the catalogues that it needs, all requested at once. For `lazy`. */
export async function withMessages<Module>(
  name: CatalogueName,
  page: Promise<Module>,
): Promise<Module> {
  const [module] = await Promise.all([
    page,
    loadMessages(name),
    ...(COMPANIONS[name] ?? []).map(loadMessages),
    name === "watch" && CONTROLS[language()]?.(),
  ]);
  return module;
}
