import { readFileSync } from "node:fs";
import { join } from "node:path";
import { APIConnectionError, APIError } from "cloudflare";
import { expect, onTestFinished, test, vi } from "vitest";
import { readCommandLine, readNumber } from "./command-line.ts";
import { explainApiError } from "./deploy/api-errors.ts";
import { ROOT } from "./dev/settings.ts";

const USAGE = "Usage: npm run thing -- [--remote] [--to FOLDER]\nDoes a thing.";

/** Reads arguments as a command would. @returns what it prints, and the code with which it ends */
function run(read: () => unknown) {
  const printed: string[] = [];
  let code: unknown;
  const spies = [
    vi.spyOn(console, "log").mockImplementation((line) => void printed.push(String(line))),
    vi.spyOn(console, "error").mockImplementation((line) => void printed.push(String(line))),
    vi.spyOn(process, "exit").mockImplementation((given) => {
      code = given;
      throw new Error("The process ends.");
    }),
  ];
  onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
  expect(read).toThrow("The process ends.");
  return { printed: printed.join("\n"), code };
}

const readThing = (args: string[]) =>
  readCommandLine(USAGE, {
    args,
    options: { remote: { type: "boolean" }, to: { type: "string" } },
  });

test("arguments are read, and --help prints the usage whatever else is given", () => {
  expect(readThing(["--remote", "--to", "here"]).values).toEqual({ remote: true, to: "here" });
  expect(run(() => readThing(["--nonsense", "--help"]))).toEqual({ printed: USAGE, code: 0 });
});

test.each([
  [["--too", "r2"], "There is no option --too."],
  [["--to"], "--to needs a value."],
  [["--remote=yes"], "--remote takes no value."],
  [["now"], '"now" is not expected here.'],
])("%j ends the command with a sentence and its usage", (args, sentence) => {
  const { printed, code } = run(() => readThing(args));
  expect(printed).toBe(`${sentence}\n${USAGE.split("\n")[0]}\n--help explains it.`);
  expect(code).toBe(2);
});

test("a number that is none is refused", () => {
  expect(readNumber({ name: "--videos", value: "1000" }, USAGE)).toBe(1000);
  for (const value of ["many", "", "0"])
    expect(run(() => readNumber({ name: "--videos", value, min: 1 }, USAGE)).printed).toContain(
      `--videos is "${value}", it must be a number from 1.`,
    );
});

test("every command of package.json that is a script of ours has --help", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const files = Object.values(scripts).flatMap(
    (command) => /scripts\/[\w-]+\.ts$/.exec(command)?.[0] ?? [],
  );
  expect(files.length).toBeGreaterThan(15);
  const without = files.filter((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    return !/readCommandLine\(|transferOf\(USAGE/.test(text) || !text.includes("Usage: npm run ");
  });
  expect(without).toEqual([]);
});

test("errors of Cloudflare's API are sentences that say what to do", () => {
  const refused = (status: number, code: number, message: string) =>
    explainApiError(
      APIError.generate(status, { errors: [{ code, message }] }, undefined, new Headers()),
    );
  const cause = new Error("getaddrinfo ENOTFOUND api.cloudflare.com");
  expect(
    explainApiError(new APIConnectionError({ cause: new TypeError("fetch failed", { cause }) })),
  ).toBe(
    "Cloudflare's API cannot be reached: getaddrinfo ENOTFOUND api.cloudflare.com. Check the network, then run the same command again.",
  );
  // A malformed token is answered with 400.
  expect(refused(400, 6003, "Invalid request headers")).toMatch(
    /^Cloudflare refused the API token: Invalid request headers \(6003\)\. Run `npx wrangler login`/,
  );
  expect(refused(403, 10_000, "Authentication error")).toContain("CLOUDFLARE_API_TOKEN");
  expect(refused(503, 0, "Unavailable")).toMatch(/Run the same command again in a few minutes\.$/);
  expect(refused(409, 10_004, "The bucket exists.")).toBe(
    "Cloudflare refused a request: The bucket exists. (10004).",
  );
  expect(explainApiError(new Error("It is full."))).toBe("It is full.");
});
