import { parseArgs, type ParseArgsConfig } from "node:util";

/** What Node says of arguments that do not fit, as a sentence without its advice. */
function complaintOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const option = /'([^']+)'/.exec(message)?.[1]?.split(" ")[0] ?? "";
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") return `There is no option ${option}.`;
  if (code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL") return `"${option}" is not expected here.`;
  return message.includes("does not take an argument")
    ? `${option} takes no value.`
    : `${option} needs a value.`;
}

/** Ends the process as a command that was called wrongly. @param usage what `--help` prints */
export function refuseCommandLine(complaint: string, usage: string): never {
  const [line] = usage.split("\n");
  console.error(`${complaint}\n${line}\n--help explains it.`);
  process.exit(2);
}

/**
 * Reads the arguments of an npm command. `--help` prints the usage and changes nothing; arguments that do not fit end the
 * process with a sentence and the first line of the usage.
 */
export function readCommandLine<const T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  const args = config.args ?? process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    return refuseCommandLine(complaintOf(error), usage);
  }
}

/** A number of the command line. @param name of its option: `--videos` */
export function readNumber(
  { name, value, min = 0 }: { name: string; value: string; min?: number },
  usage: string,
): number {
  const number = Number(value);
  if (value.trim() !== "" && Number.isFinite(number) && number >= min) return number;
  return refuseCommandLine(`${name} is "${value}", it must be a number from ${min}.`, usage);
}

/** Prints why a command failed, and has the process fail. */
export async function reportFailure(error: unknown): Promise<void> {
  // Loaded only now, because it loads Cloudflare's client.
  const { explainApiError } = await import("./deploy/api-errors.ts");
  console.error(explainApiError(error));
  process.exitCode = 1;
}
