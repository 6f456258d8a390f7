/** Objects of the schema: strict, and with an error that lists the fields there are. */
import { z } from 'zod';

/** An object with these fields and no others. */
export function object<T extends z.core.$ZodShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  const fields = Object.keys(shape).join(', ');
  return z.strictObject(shape, { error: ({ code }) => (code === 'unrecognized_keys' ? fields : 'an object') });
}
