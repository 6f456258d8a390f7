/** Writes the experiment schema for editors beside this file's source: `npm run schema`. */
import { writeFileSync } from 'node:fs';
import { experimentJsonSchema } from './schema.ts';

writeFileSync('bench/experiments/experiment.schema.json', `${JSON.stringify(experimentJsonSchema(), null, 2)}\n`);
