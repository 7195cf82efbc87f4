// Builds a program one instruction at a time, handing out registers.
import { copyTensor, type Tensor } from '../values/tensor.js';
import type { Instruction, LocalProgram, Register } from './program.js';

export class ProgramBuilder {
  private readonly instructions: Instruction[] = [];
  private nextRegister: number;

  constructor(private readonly inputs: number) {
    this.nextRegister = inputs;
  }

  /** Appends an instruction whose result takes `outputs` registers. */
  add(instruction: Instruction, outputs: number): readonly Register[] {
    this.instructions.push(instruction);
    const registers = Array.from({ length: outputs }, (_, index) => this.nextRegister + index);
    this.nextRegister += outputs;
    return registers;
  }

  /** Copied: a plan stays what it is, and so does the computation that it was compiled from. */
  constants(leaves: readonly Tensor[]): readonly Register[] {
    return leaves.flatMap((value) => this.add({ op: 'constant', value: copyTensor(value) }, 1));
  }

  build(outputs: readonly Register[]): LocalProgram {
    return { inputs: this.inputs, instructions: this.instructions, outputs };
  }
}
