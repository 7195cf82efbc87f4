// A file that exports tables, as a federation: its clients hold their tables, and what is asked of them is the summary
// that `starling analyze` asks. Loaded where a file exports tables, as it loads zod.
import type { Tables } from '@starling/population';
import type { Federation } from '@starling/runtime';
import { z } from 'zod';

export function tablesFederation(tables: Tables): Federation {
  return {
    name: tables.name,
    description: 'What a table holds.',
    options: z.object({}),
    build: async () => {
      const { summaryQuestion } = await import('@starling/analytics');
      const { everyoneSampler, tablePopulation } = await import('@starling/population');
      return {
        computation: summaryQuestion(tables.columns).statistics.computation,
        population: tablePopulation(tables),
        sampler: everyoneSampler(),
        rounds: 1,
      };
    },
  };
}
