import { createInterface } from "node:readline/promises";
import { z } from "zod";
import { Instance } from "./instance.ts";

interface Question {
  key: "name" | "domain" | "region" | "admin" | "mailEndpoint" | "mailFrom";
  text: string;
  fallback?: string;
}

const QUESTIONS: Question[] = [
  { key: "name", text: "Name of the instance", fallback: "kinora" },
  {
    key: "domain",
    text: "Hostname on a zone of the account (empty for *.pages.dev)",
    fallback: "",
  },
  {
    key: "region",
    text: "Region: wnam, enam, weur, eeur, apac or oc (empty for near you)",
    fallback: "",
  },
  { key: "admin", text: "E-mail address of the first administrator" },
  {
    key: "mailEndpoint",
    text: "HTTPS endpoint of the mail service (empty for no mail)",
    fallback: "",
  },
  {
    key: "mailFrom",
    text: "Sender of mail",
    fallback: "Kinora <no-reply@example.com>",
  },
];

/** Flags, variables and the file call a setting by these names; `KINORA_DEPLOY_MAIL_ENDPOINT`. */
const variableOf = (key: string): string =>
  `KINORA_DEPLOY_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

const flagOf = (key: string): string =>
  `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The settings in the environment, for CI. */
export function fromEnvironment(environment: NodeJS.ProcessEnv): Partial<Record<string, string>> {
  const keys = Object.keys(Instance.shape).filter((key) => key !== "vars");
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = environment[variableOf(key)];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

export interface Person {
  ask(question: string): Promise<string>;
  close(): void;
}

/** Asks the user at the terminal; null without a terminal, as in CI. */
export function personAtTerminal(): Person | null {
  if (!process.stdin.isTTY || process.env["CI"]) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  return { ask: (question) => terminal.question(question), close: () => terminal.close() };
}

/**
 * Completes the settings: given values are kept, others are asked for or, without a terminal, get their default.
 * @throws Error that names each setting that is missing or invalid
 */
export async function completeInstance(
  given: Record<string, unknown>,
  person: Person | null,
): Promise<Instance> {
  const answers: Record<string, unknown> = { ...given };
  for (const { key, text, fallback } of QUESTIONS) {
    if (answers[key] !== undefined) continue;
    if (key === "mailFrom" && answers["mailEndpoint"] === "") answers[key] = fallback;
    else if (person) answers[key] = await askUntilValid(person, key, text, fallback);
    else if (fallback !== undefined) answers[key] = fallback;
  }
  const instance = Instance.safeParse(answers);
  if (instance.success) return instance.data;
  const lines = instance.error.issues.map(({ path, message }) => {
    const key = String(path[0] ?? "");
    const problem = answers[key] === undefined ? "is missing" : message;
    return `  ${flagOf(key)} or ${variableOf(key)}: ${problem}`;
  });
  throw new Error(`Some settings are missing or not valid:\n${lines.join("\n")}`);
}

async function askUntilValid(
  person: Person,
  key: Question["key"],
  text: string,
  fallback: string | undefined,
): Promise<string> {
  for (;;) {
    const answer = (await person.ask(`${text}${fallback ? ` [${fallback}]` : ""}: `)).trim();
    const parsed = Instance.shape[key].safeParse(answer || (fallback ?? ""));
    if (parsed.success) return parsed.data;
    console.log(`  ${z.prettifyError(parsed.error).split("\n")[0] ?? ""}`);
  }
}
