import { auth, type SignInResult } from "./auth-api.ts";
import { ApiError } from "./api-error.ts";
import { t } from "./i18n/translate.ts";

/** Whether the browser converts the JSON forms of WebAuthn Level 3 itself. Older browsers get no passkey button. */
export const passkeysSupported =
  typeof PublicKeyCredential === "function" &&
  "parseRequestOptionsFromJSON" in PublicKeyCredential &&
  "parseCreationOptionsFromJSON" in PublicKeyCredential;

/** Turns a dismissed or refused system dialog into an `ApiError` to show. */
async function credentialFrom<T>(dialog: Promise<T | null>): Promise<T> {
  const credential = await dialog.catch((error: unknown) => {
    const exists = error instanceof DOMException && error.name === "InvalidStateError";
    throw new ApiError(0, "passkey_dialog", exists ? t("passkey.exists") : t("passkey.dismissed"));
  });
  if (!credential) throw new ApiError(0, "passkey_dialog", t("passkey.dismissed"));
  return credential;
}

/** Signs in with a passkey that the viewer picks in the system's dialog. */
export async function signInWithPasskey(): Promise<SignInResult> {
  const options = await auth<PublicKeyCredentialRequestOptionsJSON>(
    "/passkey/generate-authenticate-options",
  );
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = (await credentialFrom(
    navigator.credentials.get({ publicKey }),
  )) as PublicKeyCredential;
  return auth<SignInResult>("/passkey/verify-authentication", { response: credential.toJSON() });
}

/** Creates a passkey for the signed-in account. @param name shown in the settings */
export async function addPasskey(name: string): Promise<void> {
  const options = await auth<PublicKeyCredentialCreationOptionsJSON>(
    "/passkey/generate-register-options",
  );
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = (await credentialFrom(
    navigator.credentials.create({ publicKey }),
  )) as PublicKeyCredential;
  await auth("/passkey/verify-registration", { response: credential.toJSON(), name });
}
