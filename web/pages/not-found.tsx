import { usePageTitle } from "../components/page-title.ts";
import { EmptyState } from "../components/states.tsx";

/** For every address without a page. */
export function NotFound() {
  usePageTitle("Not found");
  return (
    <div class="page">
      <EmptyState
        title="Not on the programme"
        action={
          <a class="button button-signal" href="/">
            To the programme
          </a>
        }
      >
        There is no page at this address. The link may be old, or mistyped.
      </EmptyState>
    </div>
  );
}
