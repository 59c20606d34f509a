import "./search-box.css";
import { useLocation } from "preact-iso";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Suggestions } from "../../workers/contract/search.ts";
import { suggest } from "../api.ts";
import { searchAddress } from "../search-params.ts";
import { pause, useLoad } from "../use-load.ts";
import { Icon } from "./icon.tsx";
import { MarkedText } from "./marked-text.tsx";

type Suggestion = Suggestions["items"][number];

interface Props {
  /** What the field shows at first; on the search page, the query of the address. */
  value?: string;
  autoFocus?: boolean;
  /** Called on every keystroke: results while typing. */
  onInput?: (text: string) => void;
}

const KINDS: Record<Suggestion["kind"], string> = {
  title: "Film",
  person: "Person",
  category: "Category",
  query: "Search",
};

/** Where a suggestion leads: a title to its film, a category to all that is in it, all else to a search. */
function addressOf({ kind, text, videoId, category }: Suggestion): string {
  if (kind === "title" && videoId) return `/watch/${videoId}`;
  return searchAddress(category ? { category } : { q: text });
}

/**
 * The search field with its suggestions, a combobox after the ARIA Authoring Practices: the focus stays
 * in the field, arrows move through the list, Enter takes the choice or searches, Escape closes.
 */
export function SearchBox({ value = "", autoFocus = false, onInput }: Props) {
  const { route } = useLocation();
  const list = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  /** Texts that were reported and have not come back as `value` yet. */
  const typed = useRef<string[]>([]);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const query = text.trim();
  const loaded = useLoad(
    async (signal) => {
      if (!open) return [];
      await pause(60, signal);
      return (await suggest(query, signal)).items;
    },
    [query, open],
  );
  const items = open ? (loaded.data ?? []) : [];

  useEffect(() => {
    // The address follows the keystrokes, and may be some behind: only what came from elsewhere is taken over.
    const echo = typed.current.indexOf(value);
    if (echo < 0) setText(value);
    else typed.current.splice(0, echo + 1);
  }, [value]);
  useEffect(() => setActive(-1), [query]);
  useEffect(() => {
    if (autoFocus) field.current?.focus();
  }, [autoFocus]);

  const go = (address: string) => {
    setOpen(false);
    route(address);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const chosen = items[active];
    if (chosen) return go(addressOf(chosen));
    setOpen(false);
    if (onInput) onInput(text);
    else go(`/search?q=${encodeURIComponent(query)}`);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      // The browser empties a search field on Escape: first only the list closes.
      if (items.length > 0) event.preventDefault();
      setOpen(false);
      setActive(-1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are items: the field itself.
      setActive((before) => ((before + 1 + step + items.length + 1) % (items.length + 1)) - 1);
    }
  };

  return (
    <form class="search-box" role="search" onSubmit={submit}>
      <Icon name="search" />
      <input
        ref={field}
        class="search-field"
        type="search"
        role="combobox"
        aria-label="Search films"
        aria-expanded={items.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        placeholder="Title, person, or a line from the film"
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
        aria-label="Suggestions"
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
            onClick={() => go(addressOf(item))}
          >
            <span class="suggestion-text">
              <MarkedText text={item.text} marks={item.marks} />
            </span>
            <span class="suggestion-kind soft">{KINDS[item.kind]}</span>
          </li>
        ))}
      </ul>
    </form>
  );
}
