/**
 * Calls of the auth library that are closed. `mounted-paths.test.ts` names those that are open, so that an update of
 * the library opens nothing by itself.
 */
export const DISABLED_PATHS = [
  // What the studio does through /v1/apps and /v1/grants has no second way in.
  "/oauth2/create-client",
  "/oauth2/get-client",
  "/oauth2/get-clients",
  "/oauth2/update-client",
  "/oauth2/delete-client",
  "/oauth2/client/rotate-secret",
  "/oauth2/get-consent",
  "/oauth2/get-consents",
  "/oauth2/update-consent",
  "/oauth2/delete-consent",
  // Says whether a password is right as often as one asks.
  "/verify-password",
  // What neither the site nor an app calls.
  "/account-info",
  "/change-email",
  "/delete-user/callback",
  "/error",
  "/get-access-token",
  "/link-social",
  "/list-accounts",
  "/oauth2/continue",
  "/oauth2/public-client-prelogin",
  "/ok",
  "/passkey/update-passkey",
  "/refresh-token",
  "/two-factor/get-totp-uri",
  "/two-factor/send-otp",
  "/two-factor/verify-otp",
  "/unlink-account",
  "/update-session",
];
