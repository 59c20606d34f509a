/** Settings that are for development only. */
export interface DevelopmentSettings {
  PUBLIC_ORIGIN: string;
  DEV_MAIL?: string;
  LOCAL_RUNNER_SECRET?: string;
}

/**
 * Throws if a public deployment has settings for development. DEV_MAIL shows every reset link to anyone who knows the
 * Worker's address; LOCAL_RUNNER_SECRET lets any process that has it work as a runner, and no containers are started.
 * @throws Error that says what to change
 */
export function refuseUnsafeSettings({
  PUBLIC_ORIGIN,
  DEV_MAIL,
  LOCAL_RUNNER_SECRET,
}: DevelopmentSettings): void {
  if (!PUBLIC_ORIGIN.startsWith("https:")) return;
  const refused = [
    ...(DEV_MAIL === "true" ? ['DEV_MAIL = "true"'] : []),
    ...(LOCAL_RUNNER_SECRET ? ["LOCAL_RUNNER_SECRET"] : []),
  ];
  if (refused.length > 0)
    throw new Error(
      `${refused.join(" and ")} must not be set when PUBLIC_ORIGIN is an https address: it is for development only.`,
    );
}
