/**
 * `npm run sim:transcode`: a video of two hours and 1,500 short videos of 200 creators on 500 runners, in simulated time, which
 * takes a minute or two; `--shorts 10000 --minutes 30 --deploys 2 --deaths 20` takes several times as long. The runner API,
 * queue consumer and cron of the Worker, their SQL on SQLite, and the loop of the container are the product's own; simulated
 * are time, D1's speed, Queues, networks, containers that start, die and are replaced by deploys, and ffmpeg.
 */
import { parseArgs } from "node:util";
import { printReport } from "./report.ts";
import { Simulation } from "./sim/simulation.ts";

const { values } = parseArgs({
  options: {
    runners: { type: "string", default: "500" },
    hours: { type: "string", default: "2" },
    shorts: { type: "string", default: "1500" },
    creators: { type: "string", default: "200" },
    /** Over how many minutes the short videos arrive. */
    minutes: { type: "string", default: "4.5" },
    deploys: { type: "string", default: "1" },
    deaths: { type: "string", default: "6" },
    seed: { type: "string", default: "1" },
  },
});

const simulation = new Simulation({
  runners: Number(values.runners),
  longVideoSeconds: Number(values.hours) * 3600,
  shorts: Number(values.shorts),
  creators: Number(values.creators),
  arrivalSeconds: Number(values.minutes) * 60,
  deploys: Number(values.deploys),
  deaths: Number(values.deaths),
  seed: Number(values.seed),
});
const { lines, figures, aims } = await simulation.run();
for (const line of lines) console.log(line);
printReport("sim:transcode", figures, aims);
// What still waits in simulated time would never end.
process.exit(0);
