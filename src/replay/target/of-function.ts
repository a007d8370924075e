/**
 * The bare name of a function, given as Lambda takes it: a name, an ARN or a part of one, with a version or an alias.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters
 */
export function bareNameOf(functionName: string): string {
  const [, name = functionName] = /(?:^|:)function:([^:]+)/.exec(functionName) ?? [];
  return name.split(':')[0] ?? name;
}

/** Why a pointer is left. @param why what the target is, or is not said to be */
export const refusalOf = (functionName: string, why: string): string =>
  `Lambda gave it up in the function "${functionName}", and ${why}: its records are that one's to handle. It stays`;

export const quoted = (names: Iterable<string>): string => [...names].map((name) => `"${name}"`).join(', ');
