import { useState } from "preact/hooks";
import { browserStorage } from "../browser-storage.ts";
import { t } from "../i18n/translate.ts";
import { Icon } from "./icon.tsx";

type Theme = "light" | "dark";

function currentTheme(): Theme {
  const chosen = document.documentElement.dataset["theme"] as Theme | undefined;
  return chosen ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

/** Switches between the light and the dark theme and stores the choice; first-script.ts applies it on the next load. */
export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>(currentTheme);
  const other: Theme = theme === "dark" ? "light" : "dark";
  function toggle(): void {
    document.documentElement.dataset["theme"] = other;
    browserStorage().setItem("kinora.theme", other);
    setTheme(other);
  }
  return (
    <button
      type="button"
      class="button-plain"
      onClick={toggle}
      aria-label={other === "dark" ? t("header.toDark") : t("header.toLight")}
    >
      <Icon name={theme === "dark" ? "sun" : "moon"} />
    </button>
  );
}
