import { auth, type SignInResult } from "../auth-api.ts";
import { FormError } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";
import { t } from "../i18n/translate.ts";

interface Props {
  providers: { id: string; name: string }[];
  /** Path on this site to return to after signing in. */
  next: string;
}

/** Buttons for the OpenID Connect providers of this deployment. A first sign-in creates the account. */
export function ProviderButtons({ providers, next }: Props) {
  const { run, busy, error } = useSubmit(async (id: string) => {
    const result = await auth<SignInResult>("/sign-in/social", {
      provider: id,
      callbackURL: next,
      // Same as after signing up by mail: viewers who came from a page return to it, all others see the welcome page.
      newUserCallbackURL: next === "/" ? "/welcome" : next,
    });
    if (result.url) location.assign(result.url);
  });
  return (
    <>
      <FormError error={error} />
      {providers.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          class="button button-wide"
          disabled={busy}
          onClick={() => run(id)}
        >
          {t("auth.continueWith", { name })}
        </button>
      ))}
    </>
  );
}
