/**
 * The openb trace of Alibaba's GPU cluster, as the FGD study reads it: Nodes with whole GPU devices, Pods that ask for
 * a share of one device or for several whole ones. Amounts are integers: milli-CPU, MiB, milli-GPU.
 */
import { readFileSync } from 'node:fs';
import { csvParseRows } from 'd3-dsv';
import { BadInputError } from '../../bad-input.ts';

export interface GpuNode {
  readonly name: string;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly gpus: number;
  /** Empty on a Node without GPUs. */
  readonly model: string;
}

export interface GpuPod {
  readonly name: string;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly gpus: number;
  /** Per device, at most 1000; 0 when no GPU is asked for. */
  readonly gpuMilli: number;
  /** Models allowed, joined by "|"; empty: any. */
  readonly gpuSpec: string;
  /** Seconds since the start of the trace; absent in files without times and on rows that never ran. */
  readonly createdSeconds?: number;
  readonly scheduledSeconds?: number;
  readonly deletedSeconds?: number;
  readonly phase?: string;
}

type Row = Readonly<Record<string, string>>;

/** Rows of a CSV text by column name; `file` is for messages. @throws BadInputError with file and line when a row has other cells than the header. */
export function parseCsv(text: string, file: string, columns: readonly string[]): { row: Row; line: number }[] {
  const [header, ...rows] = csvParseRows(text.replace(/^\uFEFF/, ''));
  const missing = columns.filter((column) => !header?.includes(column));
  if (header === undefined || missing.length > 0) {
    throw new BadInputError(`column ${missing.join(', ')} is missing; found ${header?.join(', ') ?? 'an empty file'}`, {
      file,
      line: 1,
    });
  }
  return rows.map((cells, index) => {
    if (cells.length !== header.length) {
      throw new BadInputError(`found ${cells.length} cells; the header has ${header.length}`, {
        file,
        line: index + 2,
      });
    }
    return { row: Object.fromEntries(header.map((name, column) => [name, cells[column] as string])), line: index + 2 };
  });
}

function integer(row: Row, column: string, file: string, line: number): number {
  const value = Number(row[column]);
  if (row[column] === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new BadInputError(`${column} is "${row[column]}"; accepted are whole numbers from 0`, { file, line });
  }
  return value;
}

const optionalInteger = (row: Row, column: string, file: string, line: number): number | undefined =>
  row[column] === undefined || row[column] === '' ? undefined : integer(row, column, file, line);

export function parseNodes(text: string, file: string): GpuNode[] {
  return parseCsv(text, file, ['sn', 'cpu_milli', 'memory_mib', 'gpu', 'model']).map(({ row, line }) => ({
    name: row.sn as string,
    cpuMilli: integer(row, 'cpu_milli', file, line),
    memoryMib: integer(row, 'memory_mib', file, line),
    gpus: integer(row, 'gpu', file, line),
    model: row.model as string,
  }));
}

export function readNodes(file: string): GpuNode[] {
  return parseNodes(readFileSync(file, 'utf8'), file);
}

export function readPods(file: string): GpuPod[] {
  return parsePods(readFileSync(file, 'utf8'), file);
}

export function parsePods(text: string, file: string): GpuPod[] {
  return parseCsv(text, file, ['name', 'cpu_milli', 'memory_mib', 'num_gpu', 'gpu_milli']).map(({ row, line }) => {
    const gpus = integer(row, 'num_gpu', file, line);
    return {
      name: row.name as string,
      cpuMilli: integer(row, 'cpu_milli', file, line),
      memoryMib: integer(row, 'memory_mib', file, line),
      gpus,
      gpuMilli: gpus === 0 ? 0 : Math.min(integer(row, 'gpu_milli', file, line), 1000),
      gpuSpec: gpus === 0 ? '' : (row.gpu_spec ?? ''),
      createdSeconds: optionalInteger(row, 'creation_time', file, line),
      scheduledSeconds: optionalInteger(row, 'scheduled_time', file, line),
      deletedSeconds: optionalInteger(row, 'deletion_time', file, line),
      phase: row.pod_phase,
    };
  });
}
