import { useState } from "preact/hooks";
import type { TimelineTask } from "../../workers/contract/video.ts";
import { ProgressBar } from "../components/progress-bar.tsx";
import { runningTime } from "../format.ts";
import { taskTitle } from "./task-title.ts";

const STATES: Record<TimelineTask["state"], string> = {
  waiting: "Waiting",
  queued: "Queued",
  running: "Running",
  done: "Done",
  dead: "Failed",
};

/** A long film has hundreds of tasks: beyond these the finished ones are folded away. */
const FOLD_ABOVE = 24;

/** Seconds a job took, or has taken so far. */
function took(job: TimelineTask): string {
  if (!job.startedAt) return "";
  const end = job.finishedAt ? Date.parse(job.finishedAt) : Date.now();
  return runningTime(Math.max(0, (end - Date.parse(job.startedAt)) / 1000));
}

/** Every task of a film's preparation, as it happens: progress, attempts, and why one failed. */
export function Timeline({ jobs, loading }: { jobs: TimelineTask[]; loading: boolean }) {
  const [all, setAll] = useState(false);
  const done = jobs.filter((job) => job.state === "done").length;
  const folded = !all && jobs.length > FOLD_ABOVE && done > 0;
  const shown = folded ? jobs.filter((job) => job.state !== "done") : jobs;
  return (
    <section aria-labelledby="timeline">
      <h2 class="section-title" id="timeline">
        Preparation
        {jobs.length > 0 && (
          <span class="timeline-count soft">
            {done} of {jobs.length} tasks
          </span>
        )}
      </h2>
      {jobs.length === 0 ? (
        <p class="soft">
          {loading ? "Loading the tasks." : "The tasks appear as soon as the file has arrived."}
        </p>
      ) : (
        <ol class="timeline" aria-label="Tasks">
          {shown.map((job) => (
            <li
              key={job.id}
              class={`task task-${job.state}`}
              data-task={job.kind}
              data-state={job.state}
            >
              <span class="task-name">{taskTitle(job)}</span>
              <span class="task-state">
                {STATES[job.state]}
                {job.attempts > 1 && `, attempt ${job.attempts}`}
              </span>
              <span class="task-time soft">{took(job)}</span>
              {job.state === "running" && (
                <ProgressBar label={taskTitle(job)} ratio={job.progress} />
              )}
              {job.error && <p class="task-error field-error">{job.error.detail}</p>}
            </li>
          ))}
        </ol>
      )}
      {folded && (
        <button type="button" class="link-button" onClick={() => setAll(true)}>
          Show {done} finished tasks
        </button>
      )}
    </section>
  );
}
