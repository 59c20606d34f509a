/** `npm run --silent vapid-keys`: prints a new value for the secret VAPID_KEYS, for `wrangler secret put`. */
import { newVapidKeys } from "./dev/vapid-keys.ts";

console.log(newVapidKeys());
