import { type Browser, launch } from "puppeteer-core";
import { findProgram } from "./browser.ts";

const MAC_PATH = "/Applications/Firefox.app/Contents/MacOS/firefox";

/** Path of a Firefox: FIREFOX_PATH, or an installed one. None is installed for the tests: it is large. */
export const findFirefox = (): string | undefined =>
  findProgram(process.env["FIREFOX_PATH"], ["firefox-esr", "firefox"], [MAC_PATH]);

/**
 * Starts a headless Firefox with default settings, through WebDriver BiDi. Audio is muted, and pages may play without a
 * click.
 */
export function launchFirefox(executablePath: string): Promise<Browser> {
  return launch({
    browser: "firefox",
    executablePath,
    headless: true,
    defaultViewport: { width: 1440, height: 900 },
    // Firefox writes into the home folder of its user, which must be its own.
    env: { ...process.env, ...(process.getuid?.() === 0 && { HOME: "/root" }) },
    extraPrefsFirefox: { "media.autoplay.default": 0, "media.volume_scale": "0.0" },
  });
}
