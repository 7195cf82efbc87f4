// Patients of four hospitals, from the files of UCI's "Heart Disease" collection, prepared as FLamby does: ten measures
// that most hospitals have, two of them by category, so that a row is 13 numbers; rows that miss one are left out. Each
// hospital has a scale of its own, which nobody else learns.
import { join } from 'node:path';
import { readCsv } from '@starling/data';
import { float32, int32, type Seed, struct } from '@starling/federated-core';
import { type ClientData, concatenated, type TrainTest } from '@starling/population';

export const hospitals = ['cleveland', 'hungarian', 'switzerland', 'va'] as const;

const MEASURES = ['age', 'sex', 'cp', 'trestbps', 'chol', 'fbs', 'restecg', 'thalach', 'exang', 'oldpeak'];
/** What the files have besides: much of it is missing outside of Cleveland. */
const OTHERS = ['slope', 'ca', 'thal'];
/** Numbers that the model sees of a patient. */
export const FEATURES = 13;
export const patient = struct({ x: float32(FEATURES), y: int32() });
const TEST_SHARE = 0.34;

/** All hospitals, from the `processed.*.data` in `folder`; a third of each one's patients are for tests. */
export async function patients(folder: string, seed: Seed): Promise<TrainTest> {
  const parts = await Promise.all(
    hospitals.map(async (hospital) => {
      const rows = await patientsOf(join(folder, `processed.${hospital}.data`));
      const { train, test } = rows.splitRows({ testShare: TEST_SHARE, seed });
      const moments = await train.moments({ columns: ['x'] });
      return [hospital, { train: train.standardize(moments), test: test.standardize(moments) }] as const;
    }),
  );
  const all = (side: keyof TrainTest): ClientData =>
    concatenated(Object.fromEntries(parts.map(([hospital, both]) => [`${hospital}-${side}`, both[side]])));
  return { train: all('train'), test: all('test') };
}

async function patientsOf(file: string): Promise<ClientData> {
  const rows = await readCsv(file, {
    header: [...MEASURES, ...OTHERS, 'sick'],
    columns: [...MEASURES, 'sick'],
    types: Object.fromEntries([...MEASURES, 'sick'].map((column) => [column, float32()])),
    missing: { marks: ['?'], rows: 'drop' },
  });
  return rows.map({ x: float32(FEATURES), y: int32() }, (row) => {
    const { cp, restecg, sick, ...numbers } = row as Readonly<Record<string, number>>;
    const kinds = [cp === 2, cp === 3, cp === 4, restecg === 1, restecg === 2].map(Number);
    return { x: [...Object.values(numbers), ...kinds], y: Number(sick! > 0) };
  });
}
