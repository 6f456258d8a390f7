/**
 * A server with a queue: `capacity` requests are served at once, the others wait, in the order (priority, sequence): the
 * lower number first, and among equals the one that came first. With no priorities given it is first come, first served.
 */
import { Heap } from 'heap-js';
import type { Clock } from '../clock.ts';
import { Wait, type Waiter } from '../processes/wait.ts';
import type { Handler, ScheduledEvent } from '../scheduled-event.ts';
import { assertMicros, type Micros } from '../time.ts';

/** One request. Opaque to callers, who keep it only to withdraw it. */
export interface ServerRequest {
  readonly priority: number;
  readonly sequence: number;
  /** Time of service, or undefined when the caller holds the server until `release`. */
  readonly serviceMicros: Micros | undefined;
  readonly handler: Handler;
  readonly a: unknown;
  readonly b: unknown;
  state: 'waiting' | 'granted' | 'ended';
  event: ScheduledEvent | undefined;
}

const byPriorityThenSequence = (x: ServerRequest, y: ServerRequest): number =>
  x.priority - y.priority || x.sequence - y.sequence;

/** Give processes `acquire(server)` or `serve(server, micros)`, callbacks `request` and `serve`. Each call costs O(log waiting). */
export class Server {
  readonly capacity: number;
  readonly #clock: Clock;
  readonly #queue = new Heap<ServerRequest>(byPriorityThenSequence);
  #sequence = 0;
  #waiting = 0;
  #inUse = 0;
  #lastMicros: Micros;
  #busyMicros = 0;
  #waitedMicros = 0;

  /** @throws RangeError unless the capacity is a whole number of 1 or more */
  constructor(clock: Clock, options: { readonly capacity: number }) {
    if (!(Number.isInteger(options.capacity) && options.capacity > 0)) {
      throw new RangeError(`capacity is ${options.capacity}; accepted are whole numbers of 1 or more`);
    }
    this.capacity = options.capacity;
    this.#clock = clock;
    this.#lastMicros = clock.nowMicros;
  }

  /** Requests that wait. */
  get queueLength(): number {
    return this.#waiting;
  }

  /** Requests being served. */
  get inUse(): number {
    return this.#inUse;
  }

  /** Server time used so far; divided by capacity and time it is the utilisation. */
  get busyMicros(): number {
    this.#integrate();
    return this.#busyMicros;
  }

  /** Time waited so far by all requests together; divided by time it is the mean queue length. */
  get waitedMicros(): number {
    this.#integrate();
    return this.#waitedMicros;
  }

  /** Asks for a server and calls `handler(a, b)` by an event at the instant of getting it. The caller then calls `release`. */
  request<A, B>(handler: Handler<A, B>, a?: A, b?: B, priority = 0): ServerRequest {
    return this.#ask(undefined, handler, a, b, priority);
  }

  /** Asks for a server for so long and calls `handler(a, b)` when the service ends. */
  serve<A, B>(serviceMicros: Micros, handler: Handler<A, B>, a?: A, b?: B, priority = 0): ServerRequest {
    assertMicros(serviceMicros, 'time of service');
    return this.#ask(serviceMicros, handler, a, b, priority);
  }

  /** Gives back a server got by `request`. */
  release(): void {
    if (this.#inUse === 0) throw new Error('release without a request that was granted');
    this.#integrate();
    this.#inUse--;
    this.#grantNext();
  }

  /** Gives a request up, waiting or being served; its handler is not called. False once the handler has been. */
  withdraw(request: ServerRequest): boolean {
    if (request.state === 'ended') return false;
    const wasGranted = request.state === 'granted';
    request.state = 'ended';
    if (wasGranted) {
      this.#clock.cancel(request.event as ScheduledEvent);
      this.release();
    } else {
      this.#integrate();
      this.#waiting--;
    }
    return true;
  }

  #ask(serviceMicros: Micros | undefined, handler: Handler, a: unknown, b: unknown, priority: number): ServerRequest {
    const request: ServerRequest = {
      priority,
      sequence: this.#sequence++,
      serviceMicros,
      handler,
      a,
      b,
      state: 'waiting',
      event: undefined,
    };
    this.#integrate();
    if (this.#inUse < this.capacity) {
      this.#grant(request);
    } else {
      this.#waiting++;
      this.#queue.add(request);
    }
    return request;
  }

  #grant(request: ServerRequest): void {
    this.#inUse++;
    request.state = 'granted';
    request.event =
      request.serviceMicros === undefined
        ? this.#clock.after(0, this.#granted, request)
        : this.#clock.after(request.serviceMicros, this.#served, request);
  }

  readonly #granted = (request: ServerRequest): void => {
    request.state = 'ended';
    request.handler(request.a, request.b);
  };

  readonly #served = (request: ServerRequest): void => {
    request.state = 'ended';
    this.release();
    request.handler(request.a, request.b);
  };

  #grantNext(): void {
    for (let request = this.#queue.pop(); request !== undefined; request = this.#queue.pop()) {
      if (request.state !== 'waiting') continue;
      this.#waiting--;
      this.#grant(request);
      return;
    }
  }

  #integrate(): void {
    const spanMicros = this.#clock.nowMicros - this.#lastMicros;
    if (spanMicros === 0) return;
    this.#busyMicros += spanMicros * this.#inUse;
    this.#waitedMicros += spanMicros * this.#waiting;
    this.#lastMicros = this.#clock.nowMicros;
  }
}

class ServerWait extends Wait<void> {
  readonly #ask: (waiter: Waiter<void>) => ServerRequest;
  readonly #server: Server;

  constructor(server: Server, ask: (waiter: Waiter<void>) => ServerRequest) {
    super();
    this.#server = server;
    this.#ask = ask;
  }

  start(_clock: Clock, waiter: Waiter<void>): () => void {
    const request = this.#ask(waiter);
    return () => this.#server.withdraw(request);
  }
}

const resume = (waiter: Waiter<void>): void => waiter.resume(undefined);

/** In a process: waits for a server and holds it until `server.release()`. */
export function acquire(server: Server, priority = 0): Wait<void> {
  return new ServerWait(server, (waiter) => server.request(resume, waiter, undefined, priority));
}

/** In a process: waits for a server and is served for so long. */
export function serve(server: Server, serviceMicros: Micros, priority = 0): Wait<void> {
  return new ServerWait(server, (waiter) => server.serve(serviceMicros, resume, waiter, undefined, priority));
}
