import { auth, type SignInResult } from "../auth-api.ts";
import { FormError } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";

interface Props {
  providers: { id: string; name: string }[];
  /** Path of the site to come back to, signed in. */
  next: string;
}

/** The OpenID Connect providers of this deployment; someone who is new gets an account on the way. */
export function ProviderButtons({ providers, next }: Props) {
  const { run, busy, error } = useSubmit(async (id: string) => {
    const answer = await auth<SignInResult>("/sign-in/social", { provider: id, callbackURL: next });
    if (answer.url) location.assign(answer.url);
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
          Continue with {name}
        </button>
      ))}
    </>
  );
}
