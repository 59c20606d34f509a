/** Site footer. `/docs` belongs to the Worker, so it leaves the client-side router by its target. */
export function Footer() {
  return (
    <footer class="footer">
      <p class="label">Kinora</p>
      <p>
        Open source video on demand.{" "}
        <a href="/docs" target="_top">
          API documentation
        </a>
      </p>
    </footer>
  );
}
