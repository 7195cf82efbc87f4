// What passes know of operators: which work element by element, so that moving elements before or after is the same.

const ELEMENTWISE_UNARY = new Set(
  `Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil Cos Cosh Elu Erf Exp Floor Identity IsInf IsNaN LeakyRelu Log Neg Not
   Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softplus Sqrt Tan Tanh`.split(/\s+/),
);

const ELEMENTWISE_BROADCASTING = new Set(
  'Add And Clip Div Equal Greater GreaterOrEqual Less LessOrEqual Max Min Mod Mul Or Pow Sub Where Xor'.split(
    ' ',
  ),
);

/** One input, and each element of the result depends on the element at its place alone. */
export const isElementwiseUnary = (op: string): boolean => ELEMENTWISE_UNARY.has(op);

/** Several inputs broadcast against each other, element by element. */
export const isElementwiseBroadcasting = (op: string): boolean => ELEMENTWISE_BROADCASTING.has(op);
