import { useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

type Theme = "light" | "dark";

const current = (): Theme =>
  (document.documentElement.dataset["theme"] as Theme | undefined) ??
  (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

/** Switches between light and dark and remembers it; public/theme.js applies it at the next load. */
export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>(current);
  const other: Theme = theme === "dark" ? "light" : "dark";
  const toggle = () => {
    document.documentElement.dataset["theme"] = other;
    localStorage.setItem("kinora.theme", other);
    setTheme(other);
  };
  return (
    <button
      type="button"
      class="button-plain"
      onClick={toggle}
      aria-label={`Use the ${other} theme`}
    >
      <Icon name={theme === "dark" ? "sun" : "moon"} />
    </button>
  );
}
