/** Visible on light and dark pages, and distinguishable with most kinds of colour blindness. */
export const LINE_COLOURS = [
  "#3b82c4",
  "#d97706",
  "#0f9d6b",
  "#c2559a",
  "#7c6ee6",
  "#d1495b",
  "#6b8f1a",
  "#7a7f87",
] as const;
