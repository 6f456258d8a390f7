/** `clockwork plan --types`: the catalogue of machine types as a table. */
import { BadInputError } from '../bad-input.ts';
import type { MachineType } from '../catalogue/machine-types.ts';
import { readCatalogue } from '../catalogue/with-type.ts';
import { DONE } from './exit-code.ts';
import { textTable } from './text-table.ts';

const HEAD = ['type', 'provider', 'cpu', 'memory', 'GPUs', 'Pods', 'cpu for Pods', 'memory for Pods', 'price/hour'];

/** @param word only types whose line has it; all unless given. @throws BadInputError where none has */
export function machineTypes(word: string | undefined, json: boolean): number {
  const shown = [...readCatalogue().values()].filter(
    (machine) => word === undefined || rowOf(machine).join(' ').includes(word),
  );
  if (shown.length === 0)
    throw new BadInputError(`--types is ${word}; accepted: a part of a type or provider, such as m5 or gcp`);
  if (json) process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  else {
    const right = HEAD.map((_, column) => column > 1);
    process.stdout.write(`${textTable([HEAD, ...shown.map(rowOf)], right).join('\n')}\n`);
    process.stdout.write(
      'Prices are US dollars on demand; their regions, dates and sources: bench/catalogue/README.md\n',
    );
  }
  return DONE;
}

function rowOf({ type, provider, capacity, allocatable, pricePerHour }: MachineType): string[] {
  const { cpu = '', memory = '', pods = '', 'nvidia.com/gpu': gpus = '' } = capacity;
  const amounts = [cpu, memory, gpus, pods, allocatable.cpu ?? cpu, allocatable.memory ?? memory];
  return [type, provider, ...amounts.map(String), pricePerHour === undefined ? '–' : String(pricePerHour)];
}
