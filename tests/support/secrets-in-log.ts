/**
 * What no line of the product's log may contain: a token of any kind, alone or in a path, and an email address. Tests
 * search all lines that the product writes while they run.
 */
const SECRETS = {
  "a JSON Web Token": /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/,
  "a token of Kinora": /\bkin(?:ora)?_(?:[a-z]{2}_)?[\w-]{20,}/,
  "a bearer token": /\bbearer\s+[\w.-]{12,}/i,
  "a signature of a storage URL": /X-Amz-(?:Signature|Credential)=/,
  "a one-time token in a URL": /[?&](?:token|code|secret)=[\w.%-]{8,}/,
  "an e-mail address": /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/i,
} as const;

/** A log line of a Worker or of a transcoder, anywhere in the output of a process. */
const LOG_LINE = /\{"severity":"[a-z]+","event":.*/g;

/** With DEV_MAIL the log replaces mail, only on the developer's own machine (domain/unsafe-settings.ts). */
const DEV_MAIL_LINE = '"event":"mail.not-sent"';

/** Reports which lines of the product's log in `output` contain a secret, and which one. */
export function secretsInLog(output: string): string[] {
  return Array.from(output.matchAll(LOG_LINE), ([line]) => line)
    .filter((line) => !line.includes(DEV_MAIL_LINE))
    .flatMap((line) =>
      Object.entries(SECRETS)
        .filter(([, pattern]) => pattern.test(line))
        .map(([name]) => `${name}: ${line}`),
    );
}
