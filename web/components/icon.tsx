const PATHS = {
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 21 21",
  close: "M5 5l14 14M19 5 5 19",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z",
  upload: "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4",
  share: "M14 5l7 7-7 7v-4c-5 0-8 1-11 5 1-7 5-11 11-11Z",
  download: "M12 4v12M7 11l5 5 5-5M4 16v4h16v-4",
  user: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4 21c0-4 3.5-6 8-6s8 2 8 6",
  play: "M7 4v16l13-8Z",
  arrow: "M4 12h16M14 6l6 6-6 6",
  back: "M20 12H4M10 6l-6 6 6 6",
  check: "M4 12.5 9.5 18 20 6.5",
  alert: "M12 3 2 20h20ZM12 10v5M12 17.2v.6",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7v5l4 2",
  like: "M12 20.5 3.8 12.2a5 5 0 0 1 7.1-7.1L12 6.2l1.1-1.1a5 5 0 0 1 7.1 7.1Z",
  save: "M6 3h12v18l-6-4.5L6 21Z",
  playlist: "M3 6h13M3 12h9M3 18h9M18 11v9M13.5 15.5h9",
  flag: "M5 21V4h13l-3 4.5 3 4.5H5",
  drag: "M7.5 6h2.5M14 6h2.5M7.5 12h2.5M14 12h2.5M7.5 18h2.5M14 18h2.5",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l2 1H4ZM10 21h4M12 3v2",
  feed: "M5 11a8 8 0 0 1 8 8M5 5a14 14 0 0 1 14 14M5 18.5h1",
  key: "M8 10a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM11 11l9-8M16 6l3 3",
} as const;

export type IconName = keyof typeof PATHS;

/** Icons that point in the reading direction. */
const MIRRORED: ReadonlySet<IconName> = new Set(["arrow", "back", "share"]);

/** A line icon in the text's colour. Decorative: the text beside it carries the meaning. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      class={MIRRORED.has(name) ? "icon-mirrored" : undefined}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2.25"
      stroke-linejoin="miter"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
