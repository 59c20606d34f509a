/**
 * Endpoints of the auth library that are disabled. mounted-paths.test.ts lists those that are open, so that an update of the
 * library cannot open another one unnoticed.
 */
export const DISABLED_PATHS = [
  // Apps and grants are managed through /v1/apps and /v1/grants only.
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
  // It checks passwords without a limit.
  "/verify-password",
  // Neither the site nor an app needs them.
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
