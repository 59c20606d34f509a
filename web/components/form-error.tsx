import type { ApiError } from "../api-error.ts";

/** Why a form was refused. */
export function FormError({ error }: { error: ApiError | null }) {
  return (
    error && (
      <p class="notice notice-bad" role="alert">
        {error.message}
      </p>
    )
  );
}
