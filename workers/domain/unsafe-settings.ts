/** Settings that are for development only. */
export interface DevelopmentSettings {
  PUBLIC_ORIGIN: string;
  DEV_MAIL?: string;
  TRANSCODER_URLS?: string;
}

/**
 * Throws if a deployment that others reach has settings for development. DEV_MAIL shows every reset link to anyone who knows
 * the Worker's address; TRANSCODER_URLS opens the task storage, and sends sources to processes that nobody started there.
 * @throws Error that says what to change
 */
export function refuseUnsafeSettings({
  PUBLIC_ORIGIN,
  DEV_MAIL,
  TRANSCODER_URLS,
}: DevelopmentSettings): void {
  if (!PUBLIC_ORIGIN.startsWith("https:")) return;
  const refused = [
    ...(DEV_MAIL === "true" ? ['DEV_MAIL = "true"'] : []),
    ...(TRANSCODER_URLS?.trim() ? ["TRANSCODER_URLS"] : []),
  ];
  if (refused.length > 0)
    throw new Error(
      `${refused.join(" and ")} must not be set when PUBLIC_ORIGIN is an https address: it is for development only.`,
    );
}
