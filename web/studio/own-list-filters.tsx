import { useEffect, useRef, useState } from "preact/hooks";
import type { Playlist } from "../../workers/contract/playlists.ts";
import { FilterSelect, FilterToggle } from "../components/filter-controls.tsx";
import { offeredCategories } from "../offered-places.ts";
import { shownCategory } from "../site-offers.ts";
import { type PlainKey, t } from "../i18n/translate.ts";
import { hasOwnFilters, NO_OWN_FILTERS, type OwnListParams } from "./own-list-params.ts";
import { STATE_TEXTS } from "./state-badge.tsx";

/** Search words are written to the address, and sent to the server, after a pause in typing. */
const TYPING_PAUSE_MS = 250;

const VISIBILITIES = ["public", "unlisted", "private"] as const;

/** Without the first order: empty means newest first. */
const ORDERS: [string, PlainKey][] = [
  ["oldest", "list.oldest"],
  ["title", "list.byTitle"],
  ["title-desc", "list.byTitleBackwards"],
  ["popular", "list.mostViews"],
  ["least-viewed", "list.fewestViews"],
  ["longest", "list.longest"],
  ["shortest", "list.shortest"],
  ["largest", "list.largest"],
  ["smallest", "list.smallest"],
];

interface Props {
  params: OwnListParams;
  playlists: readonly Playlist[];
  /** The list has no headers to sort it by. */
  hasOrder: boolean;
  onChange: (change: Partial<OwnListParams>, replace?: boolean) => void;
}

/** Search words, filters and order of My videos. They are kept in the address. */
export function OwnListFilters({ params, playlists, hasOrder, onChange }: Props) {
  return (
    <div class="own-list-search" role="search" aria-label={t("list.filters")}>
      <WordsField words={params.q} onChange={(q) => onChange({ q }, true)} />
      <div class="filters">
        <FilterSelect
          label={t("list.state")}
          value={params.state}
          any={t("list.anyState")}
          options={Object.entries(STATE_TEXTS).map(([state, { text }]) => [state, t(text)])}
          onChange={(state) => onChange({ state })}
        />
        <FilterSelect
          label={t("details.visibility")}
          value={params.visibility}
          any={t("list.anyVisibility")}
          options={VISIBILITIES.map((visibility) => [visibility, t(`visibility.${visibility}`)])}
          onChange={(visibility) => onChange({ visibility })}
        />
        <FilterSelect
          label={t("details.category")}
          value={params.category}
          any={t("list.anyCategory")}
          options={offeredCategories(params.category).map((slug) => [slug, shownCategory(slug)])}
          onChange={(category) => onChange({ category })}
        />
        {(playlists.length > 0 || params.playlist) && (
          <FilterSelect
            label={t("upload.playlist")}
            value={params.playlist}
            any={t("list.anyPlaylist")}
            options={playlists.map(({ id, title }) => [id, title])}
            onChange={(playlist) => onChange({ playlist })}
          />
        )}
        <DayField
          label={t("list.from")}
          day={params.from}
          onChange={(from) => onChange({ from })}
        />
        <DayField label={t("list.to")} day={params.to} onChange={(to) => onChange({ to })} />
        <FilterToggle
          label={t("list.problems")}
          on={params.problems === "true"}
          onChange={(on) => onChange({ problems: on ? "true" : "" })}
        />
        {hasOwnFilters(params) && (
          <button type="button" class="link-button" onClick={() => onChange(NO_OWN_FILTERS)}>
            {t("list.clear")}
          </button>
        )}
        {hasOrder && (
          <div class="filters-sort">
            <FilterSelect
              label={t("list.order")}
              value={params.sort}
              any={t("list.newest")}
              options={ORDERS.map(([sort, key]) => [sort, t(key)])}
              onChange={(sort) => onChange({ sort })}
            />
          </div>
        )}
      </div>
    </div>
  );
}

function WordsField({ words, onChange }: { words: string; onChange: (words: string) => void }) {
  const [typed, setTyped] = useState(words);
  /** The words that this field has set last: others come from the address, for example after going back. */
  const sent = useRef(words);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => {
    if (words === sent.current) return;
    sent.current = words;
    clearTimeout(timer.current);
    setTyped(words);
  }, [words]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <input
      class="input"
      type="search"
      aria-label={t("list.search")}
      placeholder={t("list.search")}
      maxLength={200}
      value={typed}
      onInput={(event) => {
        const { value } = event.currentTarget;
        setTyped(value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          sent.current = value;
          latest.current(value);
        }, TYPING_PAUSE_MS);
      }}
    />
  );
}

interface DayProps {
  label: string;
  day: string;
  onChange: (day: string) => void;
}

function DayField({ label, day, onChange }: DayProps) {
  return (
    <label class={`filter filter-day ${day ? "filter-on" : ""}`}>
      <span>{label}</span>
      <input type="date" value={day} onChange={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}
