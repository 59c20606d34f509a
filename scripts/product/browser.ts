import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

const runs = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

function installed(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [process.env["CHROMIUM_PATH"] ?? "", ...candidates, MAC, chromium.executablePath()].find(
    runs,
  );
}

/** Playwright downloads its own browser, Debian has a package for root; either may be out of reach. */
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
    if (installed()) return;
  }
}

/**
 * A Chrome or Chromium: CHROMIUM_PATH, an installed one, Playwright's own, or one that this call installs.
 * @throws Error that says what to install by hand
 */
function findBrowser(): string {
  if (!installed()) install();
  const path = installed();
  if (!path)
    throw new Error(
      "No Chrome or Chromium found, and none could be installed: install one, or set CHROMIUM_PATH.",
    );
  return path;
}

/** Headless, with sound off and playback allowed without a click, as tests and screenshots want it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findBrowser(),
    // Root has no sandbox; /dev/shm is 64 MB in containers.
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--mute-audio",
      "--autoplay-policy=no-user-gesture-required",
    ],
  });
}
