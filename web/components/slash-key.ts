import { useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";

/** Elements in which a slash is a character, or that cover the page. */
const TYPING = "input, textarea, select, [contenteditable], dialog";

/** Lets the key `/` focus the search field, or open the search page if there is no field. */
export function useSlashKey(): void {
  const { route } = useLocation();
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key !== "/" || event.defaultPrevented) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(TYPING)) return;
      event.preventDefault();
      const fields = document.querySelectorAll<HTMLInputElement>(".search-field");
      const field = Array.from(fields).find((each) => each.checkVisibility());
      if (field) field.focus();
      else route("/search");
    }
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
