import type { SearchResult } from "../../workers/contract/search.ts";
import { CATEGORIES } from "../../workers/contract/category.ts";
import { languageName } from "../format.ts";
import { type SearchParams, activeFilters } from "./search-params.ts";

interface Props {
  params: SearchParams;
  facets: SearchResult["facets"] | undefined;
  onChange: (change: Partial<SearchParams>) => void;
}

const LENGTHS = [
  ["-10", "Under 10 min"],
  ["10-40", "10 to 40 min"],
  ["40-", "Over 40 min"],
] as const;
const AGES = [
  ["1", "Since yesterday"],
  ["7", "Past week"],
  ["30", "Past month"],
  ["365", "Past year"],
] as const;
const HEIGHTS = [
  ["720", "720p or more"],
  ["1080", "1080p or more"],
  ["2160", "4K"],
] as const;
const SORTS = [
  ["newest", "Newest"],
  ["popular", "Most watched"],
  ["longest", "Longest"],
] as const;

/** The filters, each with the number of films it would leave where the index has counted them. */
export function SearchFilters({ params, facets, onChange }: Props) {
  const counted = (list: { value: string; count: number }[] | undefined, value: string) => {
    const count = list?.find((facet) => facet.value === value)?.count;
    return count === undefined ? "" : ` (${count}${facets?.approximate ? "+" : ""})`;
  };
  const creator = facets?.creator.find((facet) => facet.value === params.creator)?.name;
  const languages = new Set(facets?.language.map((facet) => facet.value));
  if (params.language) languages.add(params.language);

  return (
    <div class="filters" role="group" aria-label="Filters">
      <Choice
        label="Category"
        value={params.category}
        any="All categories"
        onChange={(category) => onChange({ category })}
        options={CATEGORIES.map(({ slug, name }) => [slug, name + counted(facets?.category, slug)])}
      />
      <Choice
        label="Length"
        value={params.length}
        any="Any length"
        onChange={(length) => onChange({ length })}
        options={LENGTHS}
      />
      <Choice
        label="Published"
        value={params.within}
        any="Any time"
        onChange={(within) => onChange({ within })}
        options={AGES}
      />
      <Choice
        label="Language"
        value={params.language}
        any="Any language"
        onChange={(language) => onChange({ language })}
        options={[...languages].map((tag) => [
          tag,
          languageName(tag) + counted(facets?.language, tag),
        ])}
      />
      <Choice
        label="Picture"
        value={params.minHeight}
        any="Any picture"
        onChange={(minHeight) => onChange({ minHeight })}
        options={HEIGHTS}
      />
      <Toggle
        label="Captions"
        on={params.captions === "true"}
        onChange={(on) => onChange({ captions: on ? "true" : "" })}
      />
      <Toggle
        label="HDR"
        on={params.hdr === "true"}
        onChange={(on) => onChange({ hdr: on ? "true" : "" })}
      />
      {params.tag && <Remove label={`Tag: ${params.tag}`} onRemove={() => onChange({ tag: "" })} />}
      {params.creator && (
        <Remove
          label={`By ${creator ?? "one creator"}`}
          onRemove={() => onChange({ creator: "" })}
        />
      )}
      {activeFilters(params) > 1 && (
        <button
          type="button"
          class="link-button"
          onClick={() =>
            onChange({
              category: "",
              tag: "",
              creator: "",
              language: "",
              length: "",
              within: "",
              captions: "",
              hdr: "",
              minHeight: "",
            })
          }
        >
          Clear filters
        </button>
      )}
      <div class="filters-sort">
        <Choice
          label="Sort by"
          value={params.sort}
          any="Best match"
          onChange={(sort) => onChange({ sort })}
          options={SORTS}
        />
      </div>
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  any: string;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}

function Choice({ label, value, any, options, onChange }: ChoiceProps) {
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

function Toggle({
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

function Remove({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <button
      type="button"
      class="filter filter-on"
      aria-label={`Remove the filter ${label}`}
      onClick={onRemove}
    >
      {label} <span aria-hidden="true">×</span>
    </button>
  );
}
