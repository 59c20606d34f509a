import { clearEditorsPick, getEditorsPick, setEditorsPick } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { t } from "../i18n/translate.ts";
import { account } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";

/** For admins: features a video on the home page, or removes it. */
export function FeatureButton({ videoId }: { videoId: string }) {
  return account.value?.role === "admin" ? <Feature videoId={videoId} /> : null;
}

function Feature({ videoId }: { videoId: string }) {
  const pick = useLoad(getEditorsPick, []);
  const isFeatured = pick.data?.videoId === videoId;
  const { run, busy, error } = useSubmit(async () => {
    if (isFeatured) await clearEditorsPick();
    pick.set(isFeatured ? { videoId: null } : await setEditorsPick(videoId));
  });
  if (!pick.data) return null;
  return (
    <>
      <button
        type="button"
        class="button"
        aria-pressed={isFeatured}
        disabled={busy}
        onClick={() => run()}
      >
        {isFeatured ? t("watch.featured") : t("watch.feature")}
      </button>
      <FormError error={error} />
    </>
  );
}
