// Runs before the first paint, so that neither the wrong theme nor the wrong direction ever flashes. A file, because the
// CSP allows no inline script.
(function choose(root, languages) {
  function stored(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      // Storage is blocked: the system's preference applies.
      return null;
    }
  }
  const theme = stored("kinora.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  const wanted = [stored("kinora.language"), ...navigator.languages];
  const tags = wanted.map((tag) => (tag || "").split("-")[0].toLowerCase());
  const language = tags.find((tag) => Object.hasOwn(languages, tag)) || "en";
  const [dir, catalogue] = languages[language].split(" ");
  root.lang = language;
  root.dir = dir;
  if (!catalogue) return;
  const link = document.createElement("link");
  link.rel = "modulepreload";
  link.href = catalogue;
  document.head.append(link);
})(document.documentElement, document.currentScript.dataset);
