import { useState } from "preact/hooks";
import { DEFAULT_CATEGORY } from "../../workers/contract/categories.ts";
import type { SiteSettings } from "../../workers/contract/site-settings.ts";
import { t } from "../i18n/translate.ts";

type Categories = SiteSettings["categories"];

const MAX_CATEGORIES = 40;

interface Props {
  value: Categories;
  error: string | undefined;
  onChange: (categories: Categories) => void;
}

/** Edits which categories there are, their names and their order. */
export function CategoriesInput({ value, error, onChange }: Props) {
  const [added, setAdded] = useState("");
  const change = (slug: string, part: Partial<Categories[number]>) =>
    onChange(value.map((one) => (one.slug === slug ? { ...one, ...part } : one)));
  const add = () => {
    onChange([...value, { slug: slugOf(added, value), name: added.trim(), offered: true }]);
    setAdded("");
  };
  return (
    <div class="admin-categories" role="group" aria-labelledby="setting-categories">
      <p class="field-label" id="setting-categories">
        {t("setting.categories")}
      </p>
      <p class="field-hint">{t("setting.categoriesHint")}</p>
      <ul>
        {value.map(({ slug, name, offered }, place) => (
          <li key={slug}>
            <label class="admin-offered">
              <input
                type="checkbox"
                aria-label={t("setting.categoryOffered", { name })}
                checked={offered}
                disabled={slug === DEFAULT_CATEGORY}
                onInput={(event) => change(slug, { offered: event.currentTarget.checked })}
              />
            </label>
            <input
              class="input"
              dir="auto"
              aria-label={t("setting.categoryName", { name })}
              required
              maxLength={40}
              value={name}
              onInput={(event) => change(slug, { name: event.currentTarget.value })}
            />
            <button
              type="button"
              class="button button-small"
              aria-label={t("setting.categoryUpName", { name })}
              disabled={place === 0}
              onClick={() => onChange(movedUp(value, place))}
            >
              {t("setting.categoryUp")}
            </button>
          </li>
        ))}
      </ul>
      {error && <p class="field-error">{error}</p>}
      {value.length < MAX_CATEGORIES && (
        <div class="copy">
          <input
            class="input"
            dir={added === "" ? undefined : "auto"}
            aria-label={t("setting.categoryNew")}
            placeholder={t("setting.categoryNew")}
            maxLength={40}
            value={added}
            onInput={(event) => setAdded(event.currentTarget.value)}
          />
          <button type="button" class="button" disabled={added.trim() === ""} onClick={add}>
            {t("setting.categoryAdd")}
          </button>
        </div>
      )}
    </div>
  );
}

function movedUp(list: Categories, place: number): Categories {
  const moved = list[place];
  const rest = list.filter((_, at) => at !== place);
  return moved ? [...rest.slice(0, place - 1), moved, ...rest.slice(place - 1)] : list;
}

/** The slug in addresses: the letters of a name in Latin script, or else a number. It never changes. */
function slugOf(name: string, others: Categories): string {
  const letters = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 28);
  const taken = new Set(others.map(({ slug }) => slug));
  if (letters !== "" && !taken.has(letters)) return letters;
  let number = 2;
  while (taken.has(`${letters || "category"}${number}`)) number += 1;
  return `${letters || "category"}${number}`;
}
