const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * The environment of a remote runner: `KINORA_URL` is the address of the site, `KINORA_TOKEN` a runner token, by which
 * the Worker identifies the runner.
 * @throws Error in one line
 */
export function remoteEnvironment({
  KINORA_URL,
  KINORA_TOKEN,
}: NodeJS.ProcessEnv): Record<string, string> {
  if (KINORA_URL === undefined) return {};
  if (!URL.canParse(KINORA_URL)) throw new Error(`KINORA_URL is not an address: ${KINORA_URL}`);
  const { protocol, hostname, origin } = new URL(KINORA_URL);
  if (protocol !== "https:" && !LOOPBACK.includes(hostname))
    throw new Error("KINORA_URL must begin with https://, or the token could be read on its way.");
  if (!KINORA_TOKEN?.startsWith("kinora_rt_"))
    throw new Error("KINORA_TOKEN must be the token of a runner, which begins with kinora_rt_.");
  return { RUNNER_API: `${origin}/api/runner`, RUNNER_TOKEN: KINORA_TOKEN, RUNNER_ID: "remote-0" };
}
