/** The effective default configuration that kube-scheduler v1.34 prints is read, and is the one that is used without any. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readSchedulerConfiguration } from '../../../models/scheduler/config/scheduler-configuration.ts';

const SHARED = process.env.CLOCKWORK_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url));
const FILE = join(SHARED, 'conformance/controlplane/scheduler-default-config.yaml');

test.skipIf(!existsSync(FILE))(
  'what kube-scheduler prints as its defaults is the default here (needs ../shared)',
  () => {
    const printed = readSchedulerConfiguration(parse(readFileSync(FILE, 'utf8')));
    const [profile] = printed.profiles;
    const own = readSchedulerConfiguration();
    expect({ ...printed, profiles: [{ ...profile, path: own.profiles[0]?.path }] }).toEqual(own);
  },
);
