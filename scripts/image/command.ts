import { spawn } from "node:child_process";
import { once } from "node:events";

export interface CommandResult {
  /** Null if a signal ended it. */
  code: number | null;
  stdout: string;
  /** Output of both streams. */
  output: string;
}

/** Runs a command to its end; one that takes longer is killed. A command that does not exist ends with 127. */
export async function runCommand(
  command: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<CommandResult> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, output] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const timer = setTimeout(() => {
    output += `\n${command} took longer than ${timeoutMs / 1000} s`;
    child.kill("SIGKILL");
    // Processes that it has started may outlive it and would keep the pipes open.
    child.stdout.destroy();
    child.stderr.destroy();
  }, timeoutMs);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout, output };
  } catch (error) {
    return { code: 127, stdout, output: String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** The last lines of an output, joined to one. */
export const lastLines = (output: string): string =>
  output.trim().split("\n").slice(-2).join(" / ").slice(0, 300);
