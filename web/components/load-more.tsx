import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";
import { FormError } from "./form-error.tsx";

/** The next page loads once the end of the list is this close. */
const PRELOAD_MARGIN = "600px";

/**
 * Loads the next page when it comes into view or when its button is pressed; after a failure, only then. While there is more,
 * it keeps the footer out of sight, which the next page would push down; so the button is only seen by those who focus it.
 */
export function LoadMore({ onLoad }: { onLoad: () => Promise<void> }) {
  const { run, busy, error } = useSubmit(onLoad);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (busy || error || !place.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && run(),
      { rootMargin: PRELOAD_MARGIN },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  });
  return (
    <div ref={place} class={`load-more ${error ? "" : "load-more-waiting"}`}>
      <FormError error={error} />
      {busy && <span class="label soft">{t("common.loading")}</span>}
      <button type="button" class="button" disabled={busy} aria-busy={busy} onClick={() => run()}>
        {error ? t("common.tryAgain") : t("common.showMore")}
      </button>
    </div>
  );
}
