import { auth, type SignInResult } from "./auth-api.ts";
import { ApiError } from "./api-error.ts";

/** The browser reads and writes the JSON forms of WebAuthn level 3 itself; older ones are not asked. */
export const passkeysSupported =
  typeof PublicKeyCredential === "function" &&
  "parseRequestOptionsFromJSON" in PublicKeyCredential &&
  "parseCreationOptionsFromJSON" in PublicKeyCredential;

/** A refused or closed dialog of the system is no crash. */
async function ask<T>(dialog: Promise<T | null>): Promise<T> {
  const answer = await dialog.catch((error: unknown) => {
    const known = error instanceof DOMException && error.name === "InvalidStateError";
    throw new ApiError(
      0,
      "passkey_dialog",
      known ? "This device already has a passkey for your account." : "No passkey was used.",
    );
  });
  if (!answer) throw new ApiError(0, "passkey_dialog", "No passkey was used.");
  return answer;
}

/** Signs in with any passkey of this site that the system offers. */
export async function signInWithPasskey(): Promise<SignInResult> {
  const options = await auth<PublicKeyCredentialRequestOptionsJSON>(
    "/passkey/generate-authenticate-options",
  );
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = (await ask(navigator.credentials.get({ publicKey }))) as PublicKeyCredential;
  return auth<SignInResult>("/passkey/verify-authentication", { response: credential.toJSON() });
}

/** Makes a passkey for the signed-in account. @param name how the list shows it */
export async function addPasskey(name: string): Promise<void> {
  const options = await auth<PublicKeyCredentialCreationOptionsJSON>(
    "/passkey/generate-register-options",
  );
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = (await ask(
    navigator.credentials.create({ publicKey }),
  )) as PublicKeyCredential;
  await auth("/passkey/verify-registration", { response: credential.toJSON(), name });
}
