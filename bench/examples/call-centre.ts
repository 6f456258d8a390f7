/**
 * A model of one's own on the bare engine, without Kubernetes: a call centre. Callers come at random to three agents and wait until one is free.
 * Erlang's formula says how long; the simulation has to agree within its confidence interval.
 *
 *     npm run build && node dist/bench/examples/call-centre.js
 */
import { acquire, delay, MICROS_PER_SECOND, sampler, Server, Simulation, secondsToMicros } from 'kube-clockwork/engine';
import { summarize } from 'kube-clockwork/results';

const AGENTS = 3;
const CALLS_PER_SECOND = 0.02;
const TALK_SECONDS = 120;
const WARM_UP_CALLS = 1000;
const CALLS = 20_000;

/** One replication: the mean time in seconds that a caller waits, and the share of their time that agents talk. */
function simulateDay(run: number): { readonly waitSeconds: number; readonly busy: number } {
  const sim = new Simulation({ seed: 'call-centre', run });
  const agents = new Server(sim, { capacity: AGENTS });
  // A stream for each random quantity: one more draw of the one moves no draw of the other.
  const [gaps, talks] = [sim.stream('gaps'), sim.stream('talks')];
  const gapSeconds = sampler({ kind: 'exponential', mean: 1 / CALLS_PER_SECOND });
  const talkSeconds = sampler({ kind: 'exponential', mean: TALK_SECONDS });
  let waitedMicros = 0;

  function* caller(number: number) {
    const calledMicros = sim.nowMicros;
    yield* acquire(agents);
    if (number >= WARM_UP_CALLS) waitedMicros += sim.nowMicros - calledMicros;
    yield* delay(secondsToMicros(talkSeconds(talks)));
    agents.release();
  }

  sim.process(function* () {
    for (let number = 0; number < WARM_UP_CALLS + CALLS; number++) {
      yield* delay(secondsToMicros(gapSeconds(gaps)));
      sim.process(() => caller(number));
    }
  });
  sim.runUntil({ idle: true });
  return {
    waitSeconds: waitedMicros / CALLS / MICROS_PER_SECOND,
    busy: agents.busyMicros / (AGENTS * sim.nowMicros),
  };
}

/** Mean wait in M/M/c by Erlang's C formula. */
function erlangWaitSeconds(): number {
  const load = CALLS_PER_SECOND * TALK_SECONDS;
  let [term, sum] = [1, 0];
  for (let k = 0; k < AGENTS; k++) {
    sum += term;
    term *= load / (k + 1);
  }
  const delayed = (term * AGENTS) / (AGENTS - load);
  return delayed / (sum + delayed) / (AGENTS / TALK_SECONDS - CALLS_PER_SECOND);
}

const days = Array.from({ length: 10 }, (_, run) => simulateDay(run));
const wait = summarize(days.map(({ waitSeconds }) => waitSeconds));
const busy = summarize(days.map(({ busy }) => busy));
const [low, high] = wait.ci95;
const theory = erlangWaitSeconds();

console.log(
  `wait: simulated ${wait.mean.toFixed(1)} s [${low.toFixed(1)}, ${high.toFixed(1)}], Erlang ${theory.toFixed(1)} s`,
);
console.log(
  `agents talk ${(100 * busy.mean).toFixed(1)} % of their time, theory ${((100 * CALLS_PER_SECOND * TALK_SECONDS) / AGENTS).toFixed(1)} %`,
);
console.log(low <= theory && theory <= high ? 'theory is within the interval' : 'theory is OUTSIDE the interval');
