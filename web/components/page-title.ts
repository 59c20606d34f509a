import { useEffect } from "preact/hooks";

/** Sets the document's title. @param title of the page; undefined for the home page */
export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Kinora` : "Kinora";
  }, [title]);
}
