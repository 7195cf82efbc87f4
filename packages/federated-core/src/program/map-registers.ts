// A program whose registers are numbered anew, such as to take its inputs from among those of a larger plan.
import type { Instruction, LocalProgram, Register } from './program.js';

/** How many registers an instruction appends. */
export function registersMade(instruction: Instruction<unknown>): number {
  switch (instruction.op) {
    case 'constant':
    case 'random':
      return 1;
    case 'call':
      return instruction.outputs;
    case 'reduce':
      return instruction.initial.length;
    case 'map':
    case 'select':
      return instruction.result.length;
    case 'sum':
      return instruction.element.length;
  }
}

/**
 * The same program with its inputs at other places, `inputs` of them in all. `places`: for each input of `program`, its
 * new register. `made`: registers that other instructions appended before its own; 0 by default.
 */
export function withInputsAt<G>(
  program: LocalProgram<G>,
  inputs: number,
  places: readonly Register[],
  made = 0,
): LocalProgram<G> {
  const rename = (register: Register): Register =>
    register < program.inputs ? places[register]! : register - program.inputs + inputs + made;
  return {
    inputs,
    instructions: program.instructions.map((instruction) => renamed(instruction, rename)),
    outputs: program.outputs.map(rename),
  };
}

function renamed<G>(instruction: Instruction<G>, rename: (register: Register) => Register): Instruction<G> {
  switch (instruction.op) {
    case 'constant':
    case 'random':
      return instruction;
    case 'call':
      return { ...instruction, inputs: instruction.inputs.map(rename) };
    case 'reduce': {
      const { sequence, initial } = instruction;
      return { ...instruction, sequence: sequence.map(rename), initial: initial.map(rename) };
    }
    case 'map':
    case 'sum':
      return { ...instruction, sequence: instruction.sequence.map(rename) };
    case 'select': {
      const { inputs, keys } = instruction;
      return { ...instruction, inputs: inputs.map(rename), keys: rename(keys) };
    }
  }
}
