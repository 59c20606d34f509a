import { usePageTitle } from "./page-title.ts";
import { EmptyState } from "./states.tsx";

/** For every address without a page. */
export function NotFound() {
  usePageTitle("Page not found");
  return (
    <div class="page">
      <EmptyState
        title="Page not found"
        action={
          <a class="button button-signal" href="/">
            Go to the home page
          </a>
        }
      >
        There is no page at this address. The link may be broken or out of date.
      </EmptyState>
    </div>
  );
}
