import { isBlank } from "../workers/contract/unseen-text.ts";
import { browserStorage } from "./browser-storage.ts";

const STORAGE_KEY = "kinora.searches";
const MAX_RECENT = 8;

/** The latest searches in this browser, newest first. They never leave the browser. */
export function recentSearches(): string[] {
  try {
    const stored: unknown = JSON.parse(browserStorage().getItem(STORAGE_KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((text) => typeof text === "string") : [];
  } catch {
    return [];
  }
}

function store(searches: readonly string[]): void {
  try {
    browserStorage().setItem(STORAGE_KEY, JSON.stringify(searches));
  } catch {
    // Storage is full: they are forgotten.
  }
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export function rememberSearch(text: string): void {
  const query = text.trim();
  if (isBlank(query)) return;
  const others = recentSearches().filter((other) => !isSame(other, query));
  store([query, ...others].slice(0, MAX_RECENT));
}

export function forgetAllSearches(): void {
  browserStorage().removeItem(STORAGE_KEY);
}

export function forgetSearch(text: string): void {
  store(recentSearches().filter((other) => !isSame(other, text)));
}
