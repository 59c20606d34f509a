import { useEffect, useMemo, useState } from "preact/hooks";

/** Whether the window is at least so wide. @param width with a unit of CSS, such as `64rem` */
export function useMinWidth(width: string): boolean {
  const query = useMemo(() => matchMedia(`(min-width: ${width})`), [width]);
  const [isWide, setWide] = useState(query.matches);
  useEffect(() => {
    const look = () => setWide(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, [query]);
  return isWide;
}
