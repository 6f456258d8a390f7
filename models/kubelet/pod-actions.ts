/**
 * What a kubelet's sync would do with a Pod, from what the runtime shows: which containers to start and to kill, and
 * whether the sandbox has to be made anew. This is the general rule, with lost statuses and unknown states; the
 * simulated runtime never loses any, and `container-start.ts` has the part of the rule that it needs.
 * Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions), kuberuntime_container.go
 * (computeInitContainerActions), util/util.go (PodSandboxChanged), pkg/kubelet/container/helpers.go.
 */
import type { Container, PodSpec } from '../objects/pod.ts';

export type RuntimeState = 'created' | 'running' | 'exited' | 'unknown';

/** A container as the runtime shows it. Probe results are there where a probe has run. */
export interface RuntimeContainer {
  readonly name: string;
  readonly state: RuntimeState;
  readonly exitCode: number;
  readonly specChanged: boolean;
  readonly livenessFailed?: boolean;
  readonly startupFailed?: boolean;
}

export type SandboxState = 'ready' | 'none' | 'notReady' | 'twoReady' | 'noIP';

export interface RuntimePod {
  readonly spec: PodSpec;
  readonly deleting: boolean;
  readonly sandbox: SandboxState;
  /** Attempt of the newest sandbox. */
  readonly attempt: number;
  readonly containers: readonly RuntimeContainer[];
}

export interface PodActions {
  killPod: boolean;
  createSandbox: boolean;
  attempt: number;
  /** Names, in the order in which they would be started. */
  initContainersToStart: string[];
  containersToStart: string[];
  /** "name: message". */
  containersToKill: string[];
}

function find(pod: RuntimePod, name: string): RuntimeContainer | undefined {
  return pod.containers.find((container) => container.name === name);
}

function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

function restartsOnFailure(pod: RuntimePod): boolean {
  return pod.spec.restartPolicy !== 'Never';
}

/** Whether a container that is not running is to be started (again). */
export function shouldContainerBeRestarted(container: Container, pod: RuntimePod): boolean {
  if (pod.deleting) return false;
  const status = find(pod, container.name);
  if (status === undefined) return true;
  if (status.state === 'running') return false;
  if (status.state !== 'exited') return true;
  if (pod.spec.restartPolicy === 'Never') return false;
  return pod.spec.restartPolicy !== 'OnFailure' || status.exitCode !== 0;
}

function hasMainContainerCreated(pod: RuntimePod): boolean {
  return pod.spec.containers.some(({ name }) => find(pod, name) !== undefined);
}

/** The sandbox has to be made (again): everything starts from the beginning, if anything is left to run. */
function planSandbox(pod: RuntimePod, actions: PodActions): void {
  if (!restartsOnFailure(pod) && actions.attempt !== 0 && pod.containers.length > 0) {
    actions.createSandbox = false;
    return;
  }
  const left = pod.spec.containers.filter(({ name }) => {
    const status = find(pod, name);
    const succeeded = status?.state === 'exited' && status.exitCode === 0;
    return pod.spec.restartPolicy !== 'OnFailure' || !succeeded;
  });
  if (left.length === 0 && hasMainContainerCreated(pod)) {
    actions.createSandbox = false;
    return;
  }
  const [firstInit] = pod.spec.initContainers ?? [];
  if (firstInit !== undefined) actions.initContainersToStart.push(firstInit.name);
  else actions.containersToStart.push(...left.map(({ name }) => name));
}

/** What becomes of the walk over the init containers after one of them. */
type InitVerdict = 'go-on' | 'initialized' | 'failed';

/** A running sidecar: its probes decide whether it is restarted, and whether the next one may start. */
function runningSidecar(
  container: Container,
  status: RuntimeContainer,
  before: boolean,
  startNext: () => InitVerdict,
  restart: (why: string) => void,
): InitVerdict {
  if (container.startupProbe !== undefined) {
    if (status.startupFailed === undefined) return 'go-on';
    if (status.startupFailed) {
      restart(`Init container ${container.name} failed startup probe`);
      return 'go-on';
    }
  }
  let verdict: InitVerdict = 'go-on';
  if (!before) verdict = startNext();
  if (status.specChanged) restart(`Init container ${container.name} definition changed`);
  else if (container.livenessProbe !== undefined && status.livenessFailed === true) {
    restart(`Init container ${container.name} failed liveness probe`);
  }
  return verdict;
}

class InitPlanner {
  readonly #pod: RuntimePod;
  readonly #actions: PodActions;
  readonly #init: readonly Container[];
  readonly #toStart: number[] = [];

  constructor(pod: RuntimePod, actions: PodActions) {
    this.#pod = pod;
    this.#actions = actions;
    this.#init = pod.spec.initContainers ?? [];
  }

  /** Whether initialization is over. Goes backwards, for the statuses of early init containers may be gone. */
  plan(): boolean {
    let initialized = this.#pod.spec.containers.some(({ name }) => {
      const state = find(this.#pod, name)?.state;
      return state === 'created' || state === 'running';
    });
    let before = initialized;
    for (let index = this.#init.length - 1; index >= 0; index--) {
      const container = this.#init[index] as Container;
      const status = find(this.#pod, container.name);
      if (status === undefined) {
        if (before && isSidecar(container)) this.#toStart.push(index);
        continue;
      }
      if (before && !isSidecar(container)) continue;
      const verdict = this.#one(index, container, status, before);
      if (verdict === 'failed') {
        this.#actions.killPod = true;
        return false;
      }
      if (verdict === 'initialized') initialized = true;
      before = true;
    }
    if (!before) this.#toStart.push(0);
    const names = this.#toStart.reverse().map((index) => (this.#init[index] as Container).name);
    this.#actions.initContainersToStart.push(...names);
    return initialized;
  }

  #startNext(index: number): InitVerdict {
    if (index === this.#init.length - 1) return 'initialized';
    this.#toStart.push(index + 1);
    return 'go-on';
  }

  #one(index: number, container: Container, status: RuntimeContainer, before: boolean): InitVerdict {
    const sidecar = isSidecar(container);
    const kill = (why: string): void => {
      this.#actions.containersToKill.push(`${container.name}: ${why}`);
      this.#toStart.push(index);
    };
    switch (status.state) {
      case 'created':
        this.#toStart.push(index);
        return 'go-on';
      case 'running':
        if (!sidecar) return 'go-on';
        return runningSidecar(container, status, before, () => this.#startNext(index), kill);
      case 'exited':
        if (!sidecar && status.exitCode === 0) return this.#startNext(index);
        if (!sidecar && !restartsOnFailure(this.#pod)) return 'failed';
        this.#toStart.push(index);
        return 'go-on';
      case 'unknown':
        if (!sidecar && !restartsOnFailure(this.#pod)) return 'failed';
        kill('Init container is in "unknown" state, try killing it before restart');
        return 'go-on';
    }
  }
}

/** Why a running container is killed, or undefined when it stays. */
function killReason(container: Container, status: RuntimeContainer): string | undefined {
  if (status.specChanged) return `Container ${container.name} definition changed`;
  if (status.livenessFailed === true) return `Container ${container.name} failed liveness probe`;
  if (status.startupFailed === true) return `Container ${container.name} failed startup probe`;
  return undefined;
}

function planMain(pod: RuntimePod, actions: PodActions): void {
  let kept = 0;
  for (const container of pod.spec.containers) {
    const status = find(pod, container.name);
    if (status === undefined || status.state !== 'running') {
      if (!shouldContainerBeRestarted(container, pod)) continue;
      actions.containersToStart.push(container.name);
      if (status?.state === 'unknown') {
        const why = 'Container is in "unknown" state, try killing it before restart';
        actions.containersToKill.push(`${container.name}: ${why}`);
      }
      continue;
    }
    const why = killReason(container, status);
    if (why === undefined) {
      kept++;
      continue;
    }
    const restart = status.specChanged || restartsOnFailure(pod);
    if (restart) actions.containersToStart.push(container.name);
    actions.containersToKill.push(`${container.name}: ${why}${restart ? ', will be restarted' : ''}`);
  }
  if (kept === 0 && actions.containersToStart.length === 0) {
    actions.killPod = true;
    actions.initContainersToStart = [];
  }
}

export function computePodActions(pod: RuntimePod): PodActions {
  const createSandbox = pod.sandbox !== 'ready' && !(pod.sandbox === 'noIP' && pod.spec.hostNetwork === true);
  const attempt = pod.sandbox === 'none' ? 0 : createSandbox ? pod.attempt + 1 : pod.attempt;
  const actions: PodActions = {
    killPod: createSandbox,
    createSandbox,
    attempt,
    initContainersToStart: [],
    containersToStart: [],
    containersToKill: [],
  };
  if (createSandbox) planSandbox(pod, actions);
  else {
    const hasInit = (pod.spec.initContainers ?? []).length > 0;
    const initialized = !hasInit || new InitPlanner(pod, actions).plan();
    if (initialized && !actions.killPod) planMain(pod, actions);
  }
  actions.containersToKill.sort();
  return actions;
}
