/** Writes the schemas of experiments and plans for editors beside this file's source: `npm run schema`. */
import { writeFileSync } from 'node:fs';
import { planJsonSchema } from '../capacity/plan-schema.ts';
import { experimentJsonSchema } from './schema.ts';

const schemas = { experiment: experimentJsonSchema(), plan: planJsonSchema() };
for (const [name, schema] of Object.entries(schemas)) {
  writeFileSync(`bench/experiments/${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);
}
