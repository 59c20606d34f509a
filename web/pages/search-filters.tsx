import type { SearchResult } from "../../workers/contract/search.ts";
import { CATEGORIES } from "../../workers/contract/categories.ts";
import { LENGTHS } from "../../workers/contract/lengths.ts";
import { languageName } from "../format.ts";
import { type SearchParams, activeFilters, NO_FILTERS } from "../search-params.ts";

interface Props {
  params: SearchParams;
  facets: SearchResult["facets"] | undefined;
  onChange: (change: Partial<SearchParams>) => void;
}

/** Days since publication. */
const AGES = [
  ["1", "Past day"],
  ["7", "Past week"],
  ["30", "Past month"],
  ["365", "Past year"],
] as const;
const HEIGHTS = [
  ["720", "720p or higher"],
  ["1080", "1080p or higher"],
  ["2160", "4K"],
] as const;
const SORTS = [
  ["newest", "Newest"],
  ["popular", "Most viewed"],
  ["longest", "Longest"],
] as const;

interface FacetValue {
  value: string;
  count: number;
  /** For values that are ids. */
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
    <div class="filters" role="group" aria-label="Filters">
      <FilterSelect
        label="Category"
        value={params.category}
        any="All categories"
        onChange={(category) => onChange({ category })}
        options={CATEGORIES.map(({ slug, name }) => [
          slug,
          withCount(name, slug, facets?.category),
        ])}
      />
      <FilterSelect
        label="Length"
        value={params.length}
        any="Any length"
        onChange={(length) => onChange({ length })}
        options={LENGTHS.map(({ value, name }) => [
          value,
          withCount(name, value, facets?.duration),
        ])}
      />
      <FilterSelect
        label="Published"
        value={params.within}
        any="Any time"
        onChange={(within) => onChange({ within })}
        options={AGES}
      />
      <FilterSelect
        label="Language"
        value={params.language}
        any="Any language"
        onChange={(language) => onChange({ language })}
        options={facetOptions(facets?.language, params.language, languageName)}
      />
      <FilterSelect
        label="Tag"
        value={params.tag}
        any="Any tag"
        onChange={(tag) => onChange({ tag })}
        options={facetOptions(facets?.tag, params.tag, (tag) => tag)}
      />
      <FilterSelect
        label="Creator"
        value={params.creator}
        any="Any creator"
        onChange={(creator) => onChange({ creator })}
        options={facetOptions(facets?.creator, params.creator, () => "Selected creator")}
      />
      <FilterSelect
        label="Video quality"
        value={params.minHeight}
        any="Any quality"
        onChange={(minHeight) => onChange({ minHeight })}
        options={HEIGHTS}
      />
      <FilterToggle
        label="Captions"
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
          Clear filters
        </button>
      )}
      <div class="filters-sort">
        <FilterSelect
          label="Sort by"
          value={params.sort}
          any="Relevance"
          onChange={(sort) => onChange({ sort })}
          options={SORTS}
        />
      </div>
    </div>
  );
}

interface FilterSelectProps {
  label: string;
  value: string;
  any: string;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}

function FilterSelect({ label, value, any, options, onChange }: FilterSelectProps) {
  return (
    <select
      class={`filter ${value ? "filter-on" : ""}`}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      <option value="">{any}</option>
      {options.map(([key, name]) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </select>
  );
}

function FilterToggle({
  label,
  on,
  onChange,
}: {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <button
      type="button"
      class={`filter ${on ? "filter-on" : ""}`}
      aria-pressed={on}
      onClick={() => onChange(!on)}
    >
      {label}
    </button>
  );
}
