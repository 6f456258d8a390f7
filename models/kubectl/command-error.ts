/** A mistake in the command line or in what it asks for; ends the invocation with exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
