/**
 * The cluster of upstream's harness: an API server with etcd and a kube-scheduler, whose client is also the harness's (5000 requests a
 * second, burst 5000). There are no kubelets and no controllers: a bound Pod never runs, a deleted one that is bound and has a grace
 * period never goes. Admission is without ServiceAccount and TaintNodesByCondition.
 *
 * Source: test/integration/scheduler_perf/util.go mustSetupCluster.
 */
import { Simulation } from '../../../engine/index.ts';
import { ApiServer } from '../../../models/apiserver/api-server.ts';
import { namespaceObject, SYSTEM_NAMESPACES } from '../../../models/bootstrap/initial-objects.ts';
import type { Client } from '../../../models/client/client.ts';
import { EventRecorder } from '../../../models/client/event-recorder.ts';
import { InformerFactory } from '../../../models/client/informer.ts';
import { ClusterClock } from '../../../models/cluster-clock.ts';
import { buildScheduler } from '../../../models/scheduler/build-scheduler.ts';
import type { SchedulerConfiguration } from '../../../models/scheduler/config/scheduler-configuration.ts';
import type { Scheduler } from '../../../models/scheduler/scheduler.ts';
import { informerContext } from '../../../models/scheduler/scheduler-context.ts';
import type { CycleCost } from '../../../models/scheduler/cycle-cost.ts';
import type { SchedulerObserver } from '../../../models/scheduler/scheduling-metrics.ts';
import { PodLedger } from './pod-ledger.ts';

const CLIENT_LIMITS = { qps: 5000, burst: 5000 } as const;

export interface PerfClusterOptions {
  readonly seed: string;
  readonly configuration: SchedulerConfiguration;
  readonly asyncApiCalls: boolean;
  /** Every decision by the plain rules, without the index. */
  readonly plain?: boolean;
  /** Defaults of models/scheduler/cycle-cost.ts unless given. */
  readonly cycleCost?: Partial<CycleCost> | undefined;
}

export class PerfCluster {
  readonly sim: Simulation;
  readonly apiServer: ApiServer;
  readonly client: Client;
  readonly scheduler: Scheduler;
  readonly ledger = new PodLedger();
  /** Hears of what the scheduler does; may be changed at any time. */
  observer: SchedulerObserver = {};

  constructor({ seed, configuration, asyncApiCalls, plain = false, cycleCost }: PerfClusterOptions) {
    const sim = new Simulation({ seed });
    const clock = new ClusterClock(sim);
    this.sim = sim;
    this.apiServer = new ApiServer(sim, clock, { admission: { serviceAccount: false, taintNodesByCondition: false } });
    this.apiServer.observe((change) => this.ledger.onChange(change));
    this.apiServer.seed(SYSTEM_NAMESPACES.map((name) => namespaceObject(name)));
    this.client = this.apiServer.client({ userAgent: 'scheduler_perf', ...CLIENT_LIMITS });
    const informers = new InformerFactory(sim, this.apiServer.client({ userAgent: 'kube-scheduler/informers' }));
    const { client } = this;
    const context = informerContext(
      informers,
      clock,
      (component) => new EventRecorder({ sim, client, clock, component }),
    );
    const { scheduler } = buildScheduler(sim, client, {
      context,
      configuration,
      asyncApiCalls,
      plain,
      cycleCost,
      observer: {
        attempted: (...args) => this.observer.attempted?.(...args),
        bound: (...args) => this.observer.bound?.(...args),
        preempted: (...args) => this.observer.preempted?.(...args),
      },
    });
    this.scheduler = scheduler;
    informers.start();
    informers.onSynced(() => scheduler.start());
  }
}
