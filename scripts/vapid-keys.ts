/** `npm run --silent vapid-keys`: prints a new value for the secret VAPID_KEYS, for `wrangler secret put`. */
import { readCommandLine } from "./command-line.ts";
import { newVapidKeys } from "./dev/vapid-keys.ts";

readCommandLine(
  `Usage: npm run --silent vapid-keys | npx wrangler secret put VAPID_KEYS --name kinora
Prints a new pair of keys for notifications. Keep the pair: with a new one, everyone has to switch them on again.`,
  {},
);
console.log(newVapidKeys());
