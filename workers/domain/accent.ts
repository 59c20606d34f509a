/** WCAG 2.2, success criterion 1.4.3. */
const MIN_CONTRAST = 4.5;
/** The text colour on the accent, and the two backgrounds for text in the accent colour (web/styles/tokens.css). */
const ON_ACCENT = "#12130f";
const PAPERS = { light: "#e0e2da", dark: "#24261f" } as const;

type Colour = readonly [red: number, green: number, blue: number];

const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];

const parse = (hex: string): Colour => [
  Number.parseInt(hex.slice(1, 3), 16),
  Number.parseInt(hex.slice(3, 5), 16),
  Number.parseInt(hex.slice(5, 7), 16),
];

const format = (colour: Colour): string =>
  `#${colour.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;

/** Relative luminance, WCAG 2.2. */
function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Colour, other: Colour): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const mix = (from: Colour, to: Colour, share: number): Colour => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
  from[2] + (to[2] - from[2]) * share,
];

/** Whether dark text can be read on a colour. */
export function isReadableAccent(hex: string): boolean {
  return contrast(parse(hex), parse(ON_ACCENT)) >= MIN_CONTRAST;
}

/** The colour, darker or lighter until it can be read as text on a paper. */
function textColour(accent: Colour, paper: Colour, towards: Colour): string {
  for (let share = 0; share < 1; share += 0.05) {
    const colour = mix(accent, towards, share);
    // Rounded first, since it is shown so.
    if (contrast(parse(format(colour)), paper) >= MIN_CONTRAST) return format(colour);
  }
  return format(towards);
}

/** The custom properties of a page (web/styles/tokens.css) with an accent. */
export function accentProperties(hex: string): Record<`--${string}`, string> {
  const accent = parse(hex);
  const onLight = textColour(accent, parse(PAPERS.light), BLACK);
  const onDark = textColour(accent, parse(PAPERS.dark), WHITE);
  const lightMark = format(mix(accent, WHITE, 0.65));
  const darkMark = format(mix(accent, BLACK, 0.6));
  return {
    "--signal": hex,
    "--signal-text": `light-dark(${onLight}, ${onDark})`,
    "--mark": `light-dark(${lightMark}, ${darkMark})`,
  };
}
