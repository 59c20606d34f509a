import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import { auth } from "../auth-api.ts";
import { AuthCard } from "../components/auth-card.tsx";
import { FormError } from "../components/form-error.tsx";
import { ErrorState } from "../components/states.tsx";
import { scopeName } from "../scope-names.ts";
import { account } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { rich, t } from "../i18n/translate.ts";

interface PublicClient {
  client_name?: string;
  client_uri?: string;
}

const bold = (chunks: ComponentChildren) => <strong dir="auto">{chunks}</strong>;

/** The consent page of the OAuth server: which app asks for access, and to what. */
export function Consent() {
  const { query } = useLocation();
  const clientId = query["client_id"] ?? "";
  const client = useLoad(
    () => auth<PublicClient>(`/oauth2/public-client?client_id=${encodeURIComponent(clientId)}`),
    [clientId],
  );
  const { run, busy, error } = useSubmit(async (accept: boolean) => {
    const { url } = await auth<{ url: string }>("/oauth2/consent", { accept });
    location.assign(url);
  });

  if (client.error) {
    return (
      <div class="page">
        <ErrorState error={client.error} onRetry={client.reload} />
      </div>
    );
  }
  const app = client.data ? (client.data.client_name ?? t("consent.thisApp")) : t("consent.anApp");
  const scopes = (query["scope"] ?? "").split(" ").filter(Boolean);
  const target = query["redirect_uri"];
  return (
    <AuthCard title={t("consent.title")}>
      <p>
        {account.value
          ? rich("consent.wantsOf", { app, email: account.value.email, b: bold })
          : rich("consent.wants", { app, b: bold })}
      </p>
      <ul class="scopes">
        {scopes.map((scope) => (
          <li key={scope}>{scopeName(scope)}</li>
        ))}
      </ul>
      {target && URL.canParse(target) && (
        <p class="soft">
          {t("consent.back", { target: new URL(target).host || new URL(target).protocol })}
        </p>
      )}
      <FormError error={error} />
      <div class="form-actions">
        <button
          type="button"
          class="button button-signal"
          disabled={busy || !client.data}
          onClick={() => run(true)}
        >
          {t("consent.allow")}
        </button>
        <button type="button" class="button" disabled={busy} onClick={() => run(false)}>
          {t("consent.deny")}
        </button>
      </div>
    </AuthCard>
  );
}
