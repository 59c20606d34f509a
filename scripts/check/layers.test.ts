import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** The layers of docs/style.md: what each layer of the Worker may import besides itself. */
const LAYERS: Record<string, readonly string[]> = {
  contract: [],
  domain: ["contract"],
  db: ["contract", "domain"],
  media: ["contract", "domain"],
  services: ["contract", "domain", "db", "media"],
  routes: ["contract", "domain", "db", "media", "services"],
  auth: ["contract", "domain", "db", "media", "services"],
  jobs: ["contract", "domain", "db", "media", "services"],
};
/** What all page folders of the site may import. */
const BELOW_PAGES = ["components", "charts", "player", "library", "profiles"];
const SITE_FOLDERS: Record<string, readonly string[]> = {
  components: [],
  charts: ["components"],
  player: ["components"],
  library: ["components", "charts", "player"],
  profiles: ["components", "charts", "player"],
  admin: BELOW_PAGES,
  pages: BELOW_PAGES,
  settings: BELOW_PAGES,
  studio: BELOW_PAGES,
};
/** The layers of the player, from the one that all may import to the one that may import all. */
const PLAYER_ROOMS = [
  ["chapters", "element", "locked", "opening", "preferences"],
  ["embed", "stream"],
  ["overlays", "reports"],
  ["captions", "controls"],
  ["cast", "input"],
  ["stage"],
];
const PLAYER_FOLDERS: Record<string, readonly string[]> = Object.fromEntries(
  PLAYER_ROOMS.flatMap((rooms, level) =>
    rooms.map((room) => [room, PLAYER_ROOMS.slice(0, level).flat()]),
  ),
);
const OUTSIDE_THE_WORKER = ["web", "containers", "scripts", "tests", "benchmarks"];

interface Arrow {
  from: string;
  to: string;
}

const workersFolder = (layer: string): string => `workers/${layer}`;
const siteFolder = (folder: string): string => `web/${folder}`;
const playerFolder = (room: string): string => `web/player/${room}`;

/** Every pair of folders, allowed or forbidden by the layers. */
function arrows(
  picture: Record<string, readonly string[]>,
  folder: (name: string) => string,
  isAllowed: boolean,
): Arrow[] {
  const names = Object.keys(picture);
  return names.flatMap((from) =>
    names
      .filter((to) => to !== from && picture[from]!.includes(to) === isAllowed)
      .map((to) => ({ from: folder(from), to: folder(to) })),
  );
}

const layers = Object.keys(LAYERS);
const FORBIDDEN: Arrow[] = [
  ...arrows(LAYERS, workersFolder, false),
  ...arrows(SITE_FOLDERS, siteFolder, false),
  ...arrows(PLAYER_FOLDERS, playerFolder, false),
  ...layers.flatMap((layer) =>
    OUTSIDE_THE_WORKER.map((to) => ({ from: workersFolder(layer), to })),
  ),
  ...["containers/transcoder", "web"].flatMap((from) =>
    layers
      .filter((layer) => !["contract", "domain"].includes(layer))
      .map((layer) => ({ from, to: workersFolder(layer) })),
  ),
  { from: "web/components", to: "workers/domain" },
  { from: "containers/transcoder", to: "web" },
  { from: "web", to: "containers/transcoder" },
  { from: "scripts", to: "tests/support" },
  { from: "scripts", to: "benchmarks" },
];
const ALLOWED: Arrow[] = [
  ...arrows(LAYERS, workersFolder, true),
  ...arrows(SITE_FOLDERS, siteFolder, true),
  ...arrows(PLAYER_FOLDERS, playerFolder, true),
  ...["containers/transcoder", "web"].flatMap((from) =>
    ["contract", "domain"].map((layer) => ({ from, to: workersFolder(layer) })),
  ),
  { from: "tests/support", to: "scripts" },
];

/** The ways to write an import, all of which the linter must see. Types in `import("...").X` are refused everywhere. */
const FORMS: Record<string, (specifier: string) => string> = {
  import: (specifier) => `import { x } from "${specifier}"; console.log(x);`,
  "import type": (specifier) => `import type { X } from "${specifier}"; export type Y = X;`,
  "dynamic import": (specifier) => `export const load = () => import("${specifier}");`,
  "re-export": (specifier) => `export * from "${specifier}";`,
};

const repository = fileURLToPath(new URL("../../", import.meta.url));
let folder: string;
/** The linter's findings per file: for a forbidden import, the message of the layer rule. */
let findings: Map<string, string>;

/** The file that holds one form of a forbidden import. Half of them lie in a subfolder, as workers/db/search does. */
function fileOf({ from, to }: Arrow, form: string, isNested: boolean): string {
  const name = `${form} ${to}`.replaceAll(/\W/g, "-");
  return isNested ? `${from}/nested/${name}.ts` : `${from}/${name}.ts`;
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

/** The start of the layer rules' messages in .oxlintrc.json. */
const LAYER_MESSAGE = "Layers (docs/style.md): ";

/** Runs oxlint with the repository's configuration. */
function lint(): Promise<Map<string, string>> {
  const oxlint = join(repository, "node_modules/.bin/oxlint");
  return new Promise((resolve, reject) => {
    execFile(
      oxlint,
      ["-f", "json"],
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        // oxlint exits with code 1 if there are findings.
        if (error && error.code !== 1) return reject(new Error(stderr, { cause: error }));
        const { diagnostics } = JSON.parse(stdout) as {
          diagnostics: { filename: string; message: string; help?: string }[];
        };
        resolve(new Map(diagnostics.map(({ filename, help = "" }) => [filename, help])));
      },
    );
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-layers-"));
  await copyFile(join(repository, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  for (const arrow of [...FORBIDDEN, ...ALLOWED]) {
    await write(`${arrow.to}/target.ts`, "export const x = 1;\nexport type X = number;\n");
    for (const [form, text] of Object.entries(FORMS)) {
      for (const isNested of [false, true]) {
        const file = fileOf(arrow, form, isNested);
        await write(file, `${text(relative(dirname(file), `${arrow.to}/target.ts`))}\n`);
      }
    }
  }
  findings = await lint();
});
afterAll(() => rm(folder, { recursive: true }));

/** The linter's findings for each file with the import. */
function adviceFor(arrow: Arrow): Record<string, string | undefined> {
  const files = Object.keys(FORMS).flatMap((form) =>
    [false, true].map((isNested) => fileOf(arrow, form, isNested)),
  );
  return Object.fromEntries(files.map((file) => [file, findings.get(file)]));
}

describe("the linter refuses an import from", () => {
  test.each(FORBIDDEN)("$from of $to", (arrow) => {
    for (const [file, advice] of Object.entries(adviceFor(arrow)))
      expect([file, advice]).toEqual([file, expect.stringContaining(LAYER_MESSAGE)]);
  });
});

describe("the linter allows an import from", () => {
  test.each(ALLOWED)("$from of $to", (arrow) => {
    for (const [file, advice] of Object.entries(adviceFor(arrow)))
      expect([file, advice]).toEqual([file, undefined]);
  });
});
