import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const PROGRAM_NAMES = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser"];
const MAC_PATH = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Path of an executable program.
 * @param chosen path from the environment; it comes first
 * @param names looked for in PATH
 * @param others further paths
 */
export function findProgram(
  chosen: string | undefined,
  names: readonly string[],
  others: readonly string[],
): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [chosen ?? "", ...candidates, ...others].find(isExecutable);
}

const findInstalled = (): string | undefined =>
  findProgram(process.env["CHROMIUM_PATH"], PROGRAM_NAMES, [MAC_PATH, chromium.executablePath()]);

/** Tries Playwright's own browser, then Debian's package if this is root. Both may be unavailable. */
function install(): void {
  const attempts: [string, string[]][] = [
    ["npx", ["--no-install", "playwright-core", "install", "chromium"]],
  ];
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    attempts.push(
      ["apt-get", ["update", "-q"]],
      ["apt-get", ["install", "-yq", "--no-install-recommends", "chromium"]],
    );
  }
  for (const [program, args] of attempts) {
    spawnSync(program, args, {
      stdio: "ignore",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (findInstalled()) return;
  }
}

/**
 * Path of a Chrome or Chromium: CHROMIUM_PATH, an installed one, Playwright's own, or one that this call installs.
 * @throws Error that says what to install
 */
function findBrowser(): string {
  if (!findInstalled()) install();
  const path = findInstalled();
  if (!path)
    throw new Error(
      "No Chrome or Chromium found, and none could be installed: install one, or set CHROMIUM_PATH.",
    );
  return path;
}

/**
 * Starts a headless browser with audio muted, for tests and screenshots.
 * @param options.autoplay whether pages may play sound before a click; true by default
 * @param options.debuggingPort for tools that connect to the browser by themselves
 * @param options.anyCertificate whether it trusts every server
 */
export async function launchBrowser(
  options: { autoplay?: boolean; debuggingPort?: number; anyCertificate?: boolean } = {},
): Promise<Browser> {
  const needsClick = options.autoplay === false;
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    // Root has no sandbox; /dev/shm is 64 MB in containers.
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--mute-audio",
      `--autoplay-policy=${needsClick ? "document-user-activation-required" : "no-user-gesture-required"}`,
      ...(options.debuggingPort === undefined
        ? []
        : [`--remote-debugging-port=${options.debuggingPort}`]),
      ...(options.anyCertificate ? ["--ignore-certificate-errors"] : []),
    ],
  });
  const newContext = browser.newContext.bind(browser);
  // Requests that pass a service worker escape `route`. Tests about it allow it again.
  browser.newContext = (context) => newContext({ serviceWorkers: "block", ...context });
  return browser;
}
