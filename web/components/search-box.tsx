import "./search-box.css";
import { useLocation } from "preact-iso";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Suggestions } from "../../workers/contract/search.ts";
import { categoryAddress } from "../addresses.ts";
import { suggest } from "../api.ts";
import { searchAddress } from "../search-params.ts";
import { forgetSearch, recentSearches, rememberSearch } from "../recent-searches.ts";
import { pause, useLoad } from "../use-load.ts";
import { Icon } from "./icon.tsx";
import { MarkedText } from "./marked-text.tsx";
import { type PlainKey, t } from "../i18n/translate.ts";

const SUGGEST_DELAY_MS = 60;
/** The API's limit. */
const MAX_QUERY_LENGTH = 200;

/** How many recent searches come before the popular ones. */
const MAX_RECENT_SHOWN = 5;

type Suggestion =
  | Suggestions["items"][number]
  | { kind: "recent"; text: string; marks: []; videoId: null; category: null };

interface Props {
  /** The text of the field; on the search page, the query in the address. */
  value?: string;
  autoFocus?: boolean;
  /** Called on every keystroke, for results while typing. */
  onInput?: (text: string) => void;
}

const KIND_LABELS: Record<Suggestion["kind"], PlainKey> = {
  title: "search.kindTitle",
  person: "search.kindPerson",
  category: "search.kindCategory",
  query: "search.kindQuery",
  recent: "search.kindRecent",
};

/** The target of a suggestion: a title leads to its video, a category to all its videos, anything else to a search. */
function addressOf({ kind, text, videoId, category }: Suggestion): string {
  if (kind === "title" && videoId) return `/watch/${videoId}`;
  return category ? categoryAddress(category) : searchAddress({ q: text });
}

function recentSuggestion(text: string): Suggestion {
  return { kind: "recent", text, marks: [], videoId: null, category: null };
}

/** Recent searches, then others. */
function withRecent(recent: readonly string[], others: readonly Suggestion[]): Suggestion[] {
  const known = new Set(recent.map((text) => text.toLowerCase()));
  return [
    ...recent.map(recentSuggestion),
    ...others.filter(({ kind, text }) => kind !== "query" || !known.has(text.toLowerCase())),
  ];
}

/**
 * The search field with its suggestions: the combobox pattern of the ARIA Authoring Practices. Focus stays in the
 * field, the arrow keys move through the suggestions, Enter takes the active one or searches, Escape closes them, Delete
 * removes a recent search.
 */
export function SearchBox({ value = "", autoFocus = false, onInput }: Props) {
  const { route } = useLocation();
  const list = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  /** Texts passed to `onInput` that have not come back as `value` yet. */
  const typed = useRef<string[]>([]);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const query = text.trim();
  const loaded = useLoad(
    async (signal) => {
      if (!open) return [];
      await pause(SUGGEST_DELAY_MS, signal);
      return (await suggest(query, signal)).items;
    },
    [query, open],
  );
  const [recent, setRecent] = useState<string[]>([]);
  const shownRecent = query === "" ? recent.slice(0, MAX_RECENT_SHOWN) : [];
  const items = open ? withRecent(shownRecent, loaded.data ?? []) : [];

  useEffect(() => {
    // The address lags behind the keystrokes, so only a value that was not typed here replaces the text.
    const echo = typed.current.indexOf(value);
    if (echo < 0) setText(value);
    else typed.current.splice(0, echo + 1);
  }, [value]);
  useEffect(() => setActive(-1), [query]);
  useEffect(() => {
    if (open) setRecent(recentSearches());
  }, [open]);
  useEffect(() => {
    if (autoFocus) field.current?.focus({ preventScroll: true });
  }, [autoFocus]);

  function go(address: string): void {
    setOpen(false);
    route(address);
  }
  function take(suggestion: Suggestion): void {
    if (!suggestion.videoId && !suggestion.category) rememberSearch(suggestion.text);
    go(addressOf(suggestion));
  }
  function forget(text: string): void {
    forgetSearch(text);
    setRecent(recentSearches());
    setActive(-1);
  }
  function submit(event: Event): void {
    event.preventDefault();
    const chosen = items[active];
    if (chosen) return take(chosen);
    setOpen(false);
    rememberSearch(query);
    if (onInput) onInput(text);
    else go(`/search?q=${encodeURIComponent(query)}`);
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      // The browser empties a search field on Escape. The first Escape only closes the suggestions.
      if (items.length > 0) event.preventDefault();
      setOpen(false);
      setActive(-1);
    } else if (event.key === "Delete" && items[active]?.kind === "recent") {
      event.preventDefault();
      forget(items[active].text);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One position more than there are items: -1 is the field itself.
      setActive((before) => ((before + 1 + step + items.length + 1) % (items.length + 1)) - 1);
    }
  }

  return (
    <form class="search-box" role="search" onSubmit={submit}>
      <Icon name="search" />
      <input
        ref={field}
        class="search-field"
        dir="auto"
        type="search"
        role="combobox"
        aria-label={t("search.field")}
        aria-expanded={items.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        autocomplete="off"
        spellcheck={false}
        maxLength={MAX_QUERY_LENGTH}
        placeholder={t("search.placeholder")}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
          if (onInput) typed.current.push(event.currentTarget.value);
          onInput?.(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
      />
      <ul
        class="suggestions"
        id={list}
        role="listbox"
        aria-label={t("search.suggestions")}
        hidden={items.length === 0}
      >
        {items.map((item, index) => (
          <li
            key={`${item.kind}-${item.videoId ?? item.text}`}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === active}
            class="suggestion"
            onPointerDown={(event) => event.preventDefault()}
            onPointerMove={() => setActive(index)}
            onClick={() => take(item)}
          >
            <span class="suggestion-text" dir="auto">
              <MarkedText text={item.text} marks={item.marks} />
            </span>
            <span class="suggestion-kind soft">
              {t(KIND_LABELS[item.kind])}
              {item.kind === "recent" && (
                <span class="visually-hidden"> {t("search.recentHint")}</span>
              )}
            </span>
            {item.kind === "recent" && (
              // A pointer alternative: an option of a list box cannot contain controls, and the Delete key does the
              // same.
              <span
                class="suggestion-remove"
                title={t("search.removeRecent")}
                aria-hidden="true"
                onClick={(event) => {
                  event.stopPropagation();
                  forget(item.text);
                }}
              >
                <Icon name="close" size={16} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </form>
  );
}
