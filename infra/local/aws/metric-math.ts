import { AwsError } from './error.ts';
import { mathFunctions } from './metric-math-functions.ts';
import { isSeries, type MathContext, type MathFunction, type MathValue, type Series } from './metric-math-model.ts';
import type { Expression, Operator } from './metric-math-syntax.ts';

/**
 * The value of an expression as CloudWatch computes it: "missing values in a time series are treated as 0", and a point that
 * would be divided by zero is dropped. Throws an AwsError (ValidationError) for a name, a function or operands that are none.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function evaluateExpression(expression: Expression, context: MathContext): MathValue {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'text':
      throw refuse('a text stands where a value should be');
    case 'name':
      return nameOf(expression.name, context);
    case 'list':
      return expression.items.flatMap((item) => seriesOf(evaluateExpression(item, context)));
    case 'minus':
      return combine('-', 0, evaluateExpression(expression.operand, context));
    case 'binary':
      return combine(
        expression.operator,
        evaluateExpression(expression.left, context),
        evaluateExpression(expression.right, context),
      );
    case 'call':
      return call(expression.name, expression.args, context);
    default:
      return expression satisfies never;
  }
}

/** What an expression must end in: one series or several. Throws where it is a number. */
export function seriesOf(value: MathValue): readonly Series[] {
  if (typeof value === 'number')
    throw refuse('a number stands where a time series should be: TIME_SERIES() makes one of it');
  return isSeries(value) ? [value] : value;
}

function nameOf(name: string, { resolve }: MathContext): MathValue {
  const value = resolve(name);
  if (value === undefined) throw refuse(`there is no query with the id ${name.slice(0, 64)}`);
  return value;
}

function call(name: string, args: readonly Expression[], context: MathContext): MathValue {
  const known: Readonly<Record<string, MathFunction>> = mathFunctions;
  const run = Object.hasOwn(known, name) ? known[name] : undefined;
  if (run === undefined)
    throw refuse(`${name.slice(0, 64)} is not supported here: use ${Object.keys(mathFunctions).join(', ')}`);
  return run(args, { ...context, evaluate: (inner) => evaluateExpression(inner, context) });
}

function combine(operator: Operator, left: MathValue, right: MathValue): MathValue {
  if (typeof left === 'number' && typeof right === 'number') return apply(operator, left, right) ?? Number.NaN;
  if (typeof left !== 'number' && !isSeries(left)) {
    if (typeof right !== 'number' && !isSeries(right))
      throw refuse(`two lists of time series cannot be joined by ${operator}`);
    return left.map((one) => between(operator, one, right));
  }
  if (typeof right !== 'number' && !isSeries(right)) return right.map((one) => between(operator, left, one));
  return between(operator, left, right);
}

/** Of two operands of which at least one is a series: a point wherever one of them has one. */
function between(operator: Operator, left: number | Series, right: number | Series): Series {
  const times =
    typeof left === 'number' ? timesOf(right) : typeof right === 'number' ? timesOf(left) : bothTimes(left, right);
  const points = times.flatMap((at) => {
    const value = apply(operator, valueAt(left, at), valueAt(right, at));
    return value === undefined ? [] : [[at, value] as const];
  });
  const { label } = typeof left === 'number' ? (right as Series) : left;
  return { label, points: new Map(points) };
}

const valueAt = (operand: number | Series, at: number): number =>
  typeof operand === 'number' ? operand : (operand.points.get(at) ?? 0);
const timesOf = (operand: number | Series): readonly number[] =>
  typeof operand === 'number' ? [] : [...operand.points.keys()];
const bothTimes = (left: Series, right: Series): readonly number[] =>
  [...new Set([...left.points.keys(), ...right.points.keys()])].sort((a, b) => a - b);

/** Undefined where it is no number, as of a division by zero. */
function apply(operator: Operator, left: number, right: number): number | undefined {
  const value = compute(operator, left, right);
  return Number.isFinite(value) ? value : undefined;
}

function compute(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '^':
      return left ** right;
    case '<':
      return Number(left < right);
    case '>':
      return Number(left > right);
    case '<=':
      return Number(left <= right);
    case '>=':
      return Number(left >= right);
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case '&&':
      return Number(left !== 0 && right !== 0);
    case '||':
      return Number(left !== 0 || right !== 0);
    default:
      return operator satisfies never;
  }
}

const refuse = (why: string) => new AwsError('ValidationError', `In a metric math expression ${why}.`);
