/**
 * DefaultBinder: binds through the API server's `binding` subresource.
 * Source: pkg/scheduler/framework/plugins/defaultbinder/default_binder.go.
 */
import type { Client } from '../../client/client.ts';
import type { BindPlugin } from '../framework/plugin.ts';
import { errorStatus } from '../framework/status.ts';

const NAME = 'DefaultBinder';

/** Without a client (in replays) nothing is ever bound by it. */
export function defaultBinder(client: Client | undefined): BindPlugin {
  return {
    name: NAME,
    bind(_state, { pod }, nodeName, done) {
      if (client === undefined) return errorStatus(NAME, 'there is no API server to bind to');
      client.bind(pod, nodeName, (result) => {
        done(
          result.ok ? undefined : errorStatus(NAME, result.status.message ?? result.status.reason ?? 'binding failed'),
        );
      });
      return undefined;
    },
  };
}
