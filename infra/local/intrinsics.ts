import type { Json } from '../../shared/config/model.ts';

/** What the template's references stand for: `Ref` and `Fn::GetAtt` by logical id, and the pseudo parameters. */
export type Names = {
  readonly refs: Readonly<Record<string, string>>;
  /** `LogicalId.Attribute`. */
  readonly attributes: Readonly<Record<string, string>>;
};

/**
 * The value with its CloudFormation functions replaced: Ref, Fn::GetAtt, Fn::Sub and Fn::Join. What they name and
 * nobody knows becomes its own name, so that nothing is silently empty.
 */
export function resolveIntrinsics(value: Json, names: Names): Json {
  if (Array.isArray(value)) return value.map((entry: Json) => resolveIntrinsics(entry, names));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only) {
    const replaced = resolveFunction(only[0], only[1], names);
    if (replaced !== undefined) return replaced;
  }
  return Object.fromEntries(entries.map(([key, entry]) => [key, resolveIntrinsics(entry, names)]));
}

function resolveFunction(name: string, argument: Json, names: Names): string | undefined {
  switch (name) {
    case 'Ref':
      return names.refs[String(argument)] ?? String(argument);
    case 'Fn::GetAtt':
      return attribute(Array.isArray(argument) ? argument.join('.') : String(argument), names);
    case 'Fn::Sub':
      return typeof argument === 'string' ? substitute(argument, names) : undefined;
    case 'Fn::Join':
      return Array.isArray(argument) ? join(argument, names) : undefined;
    default:
      return undefined;
  }
}

const attribute = (path: string, names: Names): string => names.attributes[path] ?? path;

/** `${Id}`, `${Id.Attribute}`; `${!x}` is the text `${x}`. */
function substitute(text: string, names: Names): string {
  return text.replace(/\$\{(!?)([^}]*)\}/g, (_, escaped: string, name: string) => {
    if (escaped !== '') return `\${${name}}`;
    return names.refs[name] ?? attribute(name, names);
  });
}

function join([separator, parts]: readonly Json[], names: Names): string {
  const list = Array.isArray(parts) ? parts : [];
  return list.map((part: Json) => String(resolveIntrinsics(part, names))).join(String(separator ?? ''));
}
