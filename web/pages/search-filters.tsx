import type { SearchResult } from "../../workers/contract/search.ts";
import { LENGTHS } from "../../workers/contract/lengths.ts";
import { FilterSelect, FilterToggle } from "../components/filter-controls.tsx";
import { languageName } from "../format.ts";
import { type SearchParams, activeFilters, NO_FILTERS } from "../search-params.ts";
import { offeredCategories } from "../offered-places.ts";
import { shownCategory } from "../site-offers.ts";
import { type PlainKey, t } from "../i18n/translate.ts";

interface Props {
  params: SearchParams;
  facets: SearchResult["facets"] | undefined;
  onChange: (change: Partial<SearchParams>) => void;
}

/** Days since publication. */
const AGES = [
  ["1", "search.pastDay"],
  ["7", "search.pastWeek"],
  ["30", "search.pastMonth"],
  ["365", "search.pastYear"],
] as const;
const HEIGHTS = ["720", "1080", "2160"] as const;
const SORTS = [
  ["newest", "search.newest"],
  ["popular", "search.popular"],
  ["longest", "search.longest"],
] as const;

const named = (choices: readonly (readonly [string, PlainKey])[]) =>
  choices.map(([value, key]): [string, string] => [value, t(key)]);

interface FacetValue {
  value: string;
  count: number;
  /** The name to show for a value that is an id. */
  name?: string;
}

/** The search filters. Options show how many videos they would leave, where the index has counted them. */
export function SearchFilters({ params, facets, onChange }: Props) {
  function withCount(name: string, value: string, facet: FacetValue[] | undefined): string {
    const count = facet?.find((entry) => entry.value === value)?.count;
    return count === undefined ? name : `${name} (${count}${facets?.approximate ? "+" : ""})`;
  }
  /** The values that occur in the results, and the chosen one. */
  function facetOptions(
    facet: FacetValue[] | undefined,
    chosen: string,
    nameOf: (value: string) => string,
  ): [string, string][] {
    const names = new Map(facet?.map(({ value, name }) => [value, name ?? nameOf(value)]));
    if (chosen && !names.has(chosen)) names.set(chosen, nameOf(chosen));
    return [...names].map(([value, name]) => [value, withCount(name, value, facet)]);
  }

  return (
    <div class="filters" role="group" aria-label={t("search.filters")}>
      <FilterSelect
        label={t("search.category")}
        value={params.category}
        any={t("search.allCategories")}
        onChange={(category) => onChange({ category })}
        options={offeredCategories(params.category).map((slug) => [
          slug,
          withCount(shownCategory(slug), slug, facets?.category),
        ])}
      />
      <FilterSelect
        label={t("search.length")}
        value={params.length}
        any={t("search.anyLength")}
        onChange={(length) => onChange({ length })}
        options={LENGTHS.map(({ value }) => [
          value,
          withCount(t(`search.length.${value}`), value, facets?.duration),
        ])}
      />
      <FilterSelect
        label={t("search.published")}
        value={params.within}
        any={t("search.anyTime")}
        onChange={(within) => onChange({ within })}
        options={named(AGES)}
      />
      <FilterSelect
        label={t("search.language")}
        value={params.language}
        any={t("search.anyLanguage")}
        onChange={(language) => onChange({ language })}
        options={facetOptions(facets?.language, params.language, languageName)}
      />
      <FilterSelect
        label={t("search.tag")}
        value={params.tag}
        any={t("search.anyTag")}
        onChange={(tag) => onChange({ tag })}
        options={facetOptions(facets?.tag, params.tag, (tag) => tag)}
      />
      <FilterSelect
        label={t("search.creator")}
        value={params.creator}
        any={t("search.anyCreator")}
        onChange={(creator) => onChange({ creator })}
        options={facetOptions(facets?.creator, params.creator, () => t("search.selectedCreator"))}
      />
      <FilterSelect
        label={t("search.quality")}
        value={params.minHeight}
        any={t("search.anyQuality")}
        onChange={(minHeight) => onChange({ minHeight })}
        options={HEIGHTS.map((height) => [
          height,
          height === "2160" ? "4K" : t("search.orHigher", { height }),
        ])}
      />
      <FilterToggle
        label={t("search.captions")}
        on={params.captions === "true"}
        onChange={(on) => onChange({ captions: on ? "true" : "" })}
      />
      <FilterToggle
        label="HDR"
        on={params.hdr === "true"}
        onChange={(on) => onChange({ hdr: on ? "true" : "" })}
      />
      {activeFilters(params) > 1 && (
        <button type="button" class="link-button" onClick={() => onChange(NO_FILTERS)}>
          {t("search.clearFilters", { count: activeFilters(params) })}
        </button>
      )}
      <div class="filters-sort">
        <FilterSelect
          label={t("search.sort")}
          value={params.sort}
          any={t("search.relevance")}
          onChange={(sort) => onChange({ sort })}
          options={named(SORTS)}
        />
      </div>
    </div>
  );
}
