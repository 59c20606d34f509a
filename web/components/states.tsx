import "./states.css";
import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import type { ApiError } from "../api-error.ts";
import { t } from "../i18n/translate.ts";
import { isOffline } from "../offline.ts";
import { account } from "../session.ts";

interface EmptyProps {
  title: string;
  /** `h2` where the page has its own `h1`. */
  heading?: "h1" | "h2";
  children: ComponentChildren;
  action?: ComponentChildren;
}

/** An empty page or list, and what to do about it. */
export function EmptyState({ title, heading: Heading = "h1", children, action }: EmptyProps) {
  return (
    <section class="state">
      <Reel />
      <Heading class="state-title">{title}</Heading>
      <p class="state-text">{children}</p>
      {action}
    </section>
  );
}

interface ErrorProps {
  error: ApiError;
  onRetry?: () => void;
  heading?: "h1" | "h2";
}

/** Whether it is the network that fails, rather than the server. */
const isWithoutNetwork = ({ code }: ApiError): boolean => code === "offline" && isOffline.value;

const isTooHigh = ({ code }: ApiError): boolean => code === "above_maturity_limit";

function titleOf(error: ApiError): string {
  if (isWithoutNetwork(error)) return t("state.offline");
  if (isTooHigh(error)) return t("state.tooHigh");
  return error.status === 404 ? t("state.notFound") : t("state.wrong");
}

/**
 * An error with the way out: signing in after a 401 or above the limit of visitors, another profile above that of a
 * profile, the home page after a 404 of a page, trying again otherwise.
 */
export function ErrorState({ error, onRetry, heading: Heading = "h1" }: ErrorProps) {
  const { url } = useLocation();
  return (
    <section class="state" role="alert">
      <Reel />
      <Heading class="state-title">{titleOf(error)}</Heading>
      <p class="state-text">{isWithoutNetwork(error) ? t("state.offlineText") : error.message}</p>
      {error.status === 401 || (isTooHigh(error) && !account.value) ? (
        <a class="button button-signal" href={`/sign-in?next=${encodeURIComponent(url)}`}>
          {t("common.signIn")}
        </a>
      ) : isTooHigh(error) ? (
        <a class="button button-signal" href="/profiles">
          {t("header.switchProfile")}
        </a>
      ) : error.status === 404 ? (
        Heading === "h1" && (
          <a class="button button-signal" href="/" target="_top">
            {t("notFound.home")}
          </a>
        )
      ) : (
        onRetry && (
          <button type="button" class="button" onClick={onRetry}>
            {t("common.tryAgain")}
          </button>
        )
      )}
    </section>
  );
}

/** The reel of the logo, drawn large. */
function Reel() {
  const cards = Array.from({ length: 13 }, (_, index) => index * 15);
  return (
    <svg class="state-reel" viewBox="0 0 120 66" aria-hidden="true">
      {cards.map((angle) => (
        <path key={angle} d="M60 62h-52" transform={`rotate(${angle} 60 62)`} />
      ))}
      <circle cx="60" cy="62" r="9" />
    </svg>
  );
}

/** Placeholders for video cards that are loading. */
export function SkeletonCards({ count }: { count: number }) {
  return (
    <div class="grid" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <div class="skeleton-card" key={index}>
          <div class="skeleton skeleton-poster" />
          <div class="skeleton skeleton-line" />
          <div class="skeleton skeleton-line skeleton-short" />
        </div>
      ))}
    </div>
  );
}
