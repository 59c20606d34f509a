import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";
import { FormError } from "./form-error.tsx";

/** The next page loads once the end of the list is this close. */
const PRELOAD_MARGIN = "600px";

/** Loads the next page when it scrolls into view or when clicked. After a failure, only when clicked. */
export function LoadMore({ onLoad }: { onLoad: () => Promise<void> }) {
  const { run, busy, error } = useSubmit(onLoad);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (busy || error || !button.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && run(),
      { rootMargin: PRELOAD_MARGIN },
    );
    observer.observe(button.current);
    return () => observer.disconnect();
  });
  return (
    <>
      <FormError error={error} />
      <button
        ref={button}
        type="button"
        class="button load-more"
        disabled={busy}
        aria-busy={busy}
        onClick={() => run()}
      >
        {busy ? t("common.loading") : error ? t("common.tryAgain") : t("common.showMore")}
      </button>
    </>
  );
}
