import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { availabilityTrace, dayAndNight } from './availability.js';
import { availableSampler } from './available-sampler.js';
import { samplerContract } from './contract.js';

const seed = seedFrom(1);

describe('dayAndNight', () => {
  test('has everybody there for the hours of the night, in one time zone', () => {
    const night = dayAndNight({ timeZones: 1 });
    const hours = Array.from({ length: 48 }, (_, hour) => hour).filter((hour) =>
      night.isThere(5, hour, seed),
    );
    expect(hours).toEqual([0, 1, 2, 3, 4, 5, 22, 23, 24, 25, 26, 27, 28, 29, 46, 47]);
  });

  test('has a third of the clients there at any hour, over all time zones', () => {
    // 8 hours of 24; 3,000 clients: 1,000 ± 26, 130 is five standard deviations.
    const night = dayAndNight();
    for (const hour of [0, 7, 13.5, 100]) {
      const there = Array.from({ length: 3_000 }, (_, client) => night.isThere(client, hour, seed));
      expect(Math.abs(there.filter(Boolean).length - 1_000)).toBeLessThan(130);
    }
  });

  test('draws by the probabilities within and outside of the hours', () => {
    // 2,000 clients: 1,600 ± 18 by night and 200 ± 13 by day.
    const night = dayAndNight({ timeZones: 1, within: 0.8, outside: 0.1 });
    const there = (hour: number): number =>
      Array.from({ length: 2_000 }, (_, client) => night.isThere(client, hour, seed)).filter(Boolean).length;
    expect(Math.abs(there(23) - 1_600)).toBeLessThan(90);
    expect(Math.abs(there(12) - 200)).toBeLessThan(65);
  });
});

describe('availabilityTrace', () => {
  const csv = 'client,from,to\n0,0,2\n1,1,3\n0,5,6\n';

  test('has clients there from the first hour of a line to before the last', () => {
    const trace = availabilityTrace({ csv });
    const hours = (client: number): readonly number[] =>
      [0, 1, 1.5, 2, 3, 5, 6].filter((hour) => trace.isThere(client, hour, seed));
    expect(hours(0)).toEqual([0, 1, 1.5, 5]);
    expect(hours(1)).toEqual([1, 1.5, 2]);
    expect(hours(2)).toEqual([]);
  });

  test('takes names for numbers where it is told them', () => {
    const trace = availabilityTrace({ csv: 'client,from,to\r\nbo,1,2\r\n', names: ['ann', 'bo'] });
    expect(trace.isThere(1, 1, seed)).toBe(true);
    expect(trace.isThere(0, 1, seed)).toBe(false);
  });

  test.each([
    ['a byte order mark', '\uFEFFclient,from,to\nbo,1,2'],
    ['empty lines, also before the header', '\n \nclient,from,to\n\nbo,1,2\n\n'],
    ['returns for line ends', 'client,from,to\rbo,1,2\r'],
    ['blanks around cells', 'client, from ,to\n bo , 1\t,2\n'],
    ['quotes', '"client","from",to\n"bo","1", "2" \n'],
    ['quotes around commas and quotes', 'client,from,to\n"Lee, ""Bo""",1,2\n'],
  ])('reads %s', (_, text) => {
    const trace = availabilityTrace({ csv: text, names: ['ann', text.includes('Lee') ? 'Lee, "Bo"' : 'bo'] });
    const hours = [0.5, 1, 1.5, 2].filter((hour) => trace.isThere(1, hour, seed));
    expect(hours).toEqual([1, 1.5]);
    expect(trace.isThere(0, 1, seed)).toBe(false);
  });

  test('asks for the text', () => {
    expect(() => availabilityTrace({} as never)).toThrow('csv must be text, got undefined');
    expect(() => availabilityTrace(csv as never)).toThrow('got text. Write availabilityTrace({ csv: … })');
  });

  test.each([
    ['from,to\n', "t.csv:1:1: need the columns client,from,to, got 'from,to'"],
    ['client,from,to\n0,1\n', "t.csv:2:1: need 3 cells, got 2: '0,1'"],
    ['client,from,to\n0,1,2\nann,1,2\n', "t.csv:3:1: need a client's number, got 'ann'"],
    ['client,from,to\n0,noon,2\n', "t.csv:2:3: need a number of hours, got 'noon'"],
    ['client,from,to\n0,3,3\n', "t.csv:2:5: need hours after 3, got '3'"],
    ['client,from,to\r\n\r\n"0",1,"x"\r\n', "t.csv:3:7: need a number of hours, got 'x'"],
    ['client,from,to\n0,1,\n', "t.csv:2:5: need a number of hours, got ''"],
    ['client,from,to\n"0,1,2\n', 't.csv:2:1: need quotes around a whole cell, doubled inside of it, got'],
    ['client,from,to\n0",1,2\n', 't.csv:2:1: need quotes around a whole cell'],
    [' \n', 't.csv:1:1: need the columns client,from,to, got an empty file'],
  ])('refuses %j with its place', (text, message) => {
    expect(() => availabilityTrace({ csv: text, source: 't.csv' })).toThrow(message);
  });
});

describe('availableSampler', () => {
  test('draws of those who are there at the hour of the round', () => {
    // Rounds at hours 0, 2 and 4: clients 0 and 1, then 1, then nobody.
    const availability = availabilityTrace({ csv: 'client,from,to\n0,0,2\n1,0,3\n' });
    const sampler = availableSampler({ cohortSize: 3, availability, hoursPerRound: 2 });
    const cohorts = [1, 2, 3].map((round) => sampler.sample({ round, seed, populationSize: 5 }));
    expect(cohorts.map((cohort) => [...cohort].sort())).toEqual([[0, 1], [1], []]);
  });

  test('draws every set of those who are there equally often', () => {
    // 3 sets of 2 of 3 clients; 3,000 rounds in one hour: 1,000 ± 26 each, 130 is five standard deviations.
    const availability = availabilityTrace({ csv: 'client,from,to\n0,0,1\n2,0,1\n3,0,1\n' });
    const sampler = availableSampler({ cohortSize: 2, availability, hoursPerRound: 1e-6 });
    const counts = new Map<string, number>();
    for (let round = 1; round <= 3_000; round++) {
      const set = [...sampler.sample({ round, seed, populationSize: 5 })].sort().join();
      counts.set(set, (counts.get(set) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['0,2', '0,3', '2,3']);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(130);
  });

  test('throws when it is given no availability', () => {
    const make = () => availableSampler({ cohortSize: 2, availability: dayAndNight as never });
    expect(make).toThrow('availability must be an availability, such as dayAndNight()');
  });

  samplerContract('availableSampler', availableSampler({ cohortSize: 7, availability: dayAndNight() }));
});
