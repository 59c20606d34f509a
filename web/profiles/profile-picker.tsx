import "./profiles.css";
import { useState } from "preact/hooks";
import type { ProfileList, ViewerProfile } from "../../workers/contract/profiles.ts";
import { ApiError } from "../api-error.ts";
import { listProfiles } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { Icon } from "../components/icon.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { ErrorState } from "../components/states.tsx";
import { t } from "../i18n/translate.ts";
import { account } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { AvatarPicture } from "../components/avatar-picture.tsx";
import { openProfile } from "./open-profile.ts";
import { PinDialog } from "./pin-dialog.tsx";

/** "Who's watching?", with all profiles of the account. @param address of the next page */
export function ProfilePicker({ address }: { address: string }) {
  const loaded = useLoad(listProfiles, [account.value?.id]);
  usePageTitle(t("profiles.who"));
  return (
    <div class="page picker" aria-busy={loaded.loading}>
      <h1>{t("profiles.who")}</h1>
      {loaded.error && <ErrorState heading="h2" error={loaded.error} onRetry={loaded.reload} />}
      {loaded.data && <Choice list={loaded.data} address={address} />}
    </div>
  );
}

function Choice({ list, address }: { list: ProfileList; address: string }) {
  const [asking, setAsking] = useState<ViewerProfile | null>(null);
  const { run, busy, error } = useSubmit(async (profile: ViewerProfile) => {
    try {
      await openProfile(profile, undefined, address);
    } catch (problem) {
      if (!(problem instanceof ApiError) || problem.code !== "pin_required") throw problem;
      setAsking(profile);
    }
  });
  return (
    <>
      <ul class="picker-profiles">
        {list.items.map((profile) => (
          <li key={profile.id}>
            <button
              type="button"
              class="picker-profile"
              disabled={busy}
              aria-current={profile.id === list.active ? "true" : undefined}
              onClick={() => run(profile)}
            >
              <AvatarPicture avatar={profile.avatar} size={144} />
              <span class="picker-name" dir="auto">
                {profile.name}
              </span>
              <span class="picker-notes">
                {profile.kids && <span class="badge">{t("profiles.kids")}</span>}
                {profile.locked && (
                  <>
                    <Icon name="key" size={18} />
                    <span class="visually-hidden">{t("profiles.locked")}</span>
                  </>
                )}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <FormError error={error} />
      {list.canManage && (
        <a class="button" href="/settings/profiles">
          {t("profiles.manage")}
        </a>
      )}
      {asking && (
        <PinDialog
          name={asking.name}
          onPin={(pin) => openProfile(asking, pin, address)}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}

/** The page `/profiles`, which switches profiles. */
export function ProfilesPage() {
  return <ProfilePicker address="/" />;
}
