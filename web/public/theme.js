// Runs before the first paint, so that the wrong theme never flashes. A file, because the CSP allows no inline script.
try {
  const theme = localStorage.getItem("kinora.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's preference applies.
}
