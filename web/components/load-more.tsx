import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";
import { FormError } from "./form-error.tsx";

/** The next page loads once the end of the list is this close. */
const PRELOAD_MARGIN = "600px";

interface Props {
  onLoad: () => Promise<void>;
  /** Identifies the next page: each page has its own state. */
  next: string;
}

/**
 * Loads the next page when the end of the list comes near or when its button is pressed; after a failure, only then.
 * While there is more, an empty area keeps the footer out of view, which the next page would push down; the button is
 * visible only when it has the focus.
 */
export function LoadMore({ onLoad, next }: Props) {
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
    <>
      <FormError error={error} />
      <button
        type="button"
        class={`button load-more ${error ? "" : "load-more-quiet"}`}
        disabled={busy}
        aria-busy={busy}
        onClick={() => run()}
      >
        {error ? t("common.tryAgain") : t("common.showMore")}
      </button>
      {/* A new element for each page: one that is pushed down would count as a shift of the layout. */}
      {!error && (
        <div class="load-more-place" key={next} ref={place}>
          {busy && <span class="label soft">{t("common.loading")}</span>}
        </div>
      )}
    </>
  );
}
