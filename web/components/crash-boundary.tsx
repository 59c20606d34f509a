import { Component, type ComponentChildren } from "preact";
import { ApiError } from "../api-error.ts";
import { t } from "../i18n/translate.ts";
import { isOffline } from "../offline.ts";
import { ErrorState } from "./states.tsx";

interface Props {
  /** The path of the page: the next page is rendered again. */
  path: string;
  children: ComponentChildren;
}

interface State {
  path: string;
  hasCrashed: boolean;
}

/**
 * Shows an error if its content cannot be shown, because of a bug or because its code does not load. preact-iso's
 * boundary only waits for code: Preact treats an error as handled by a component that changes its own state.
 */
export class CrashBoundary extends Component<Props, State> {
  static override getDerivedStateFromError(): Partial<State> {
    return { hasCrashed: true };
  }
  static override getDerivedStateFromProps({ path }: Props, state: State): State | null {
    return path === state.path ? null : { path, hasCrashed: false };
  }
  override state: State = { path: this.props.path, hasCrashed: false };
  override render({ children }: Props) {
    if (!this.state.hasCrashed) return children;
    const error = isOffline.value
      ? new ApiError(0, "offline", () => t("error.offline"))
      : new ApiError(0, "crash", t("app.crash"));
    return (
      <div class="page">
        <ErrorState error={error} onRetry={() => location.reload()} />
      </div>
    );
  }
}
