/**
 * The bare name of a function, given as Lambda takes it: a name, an ARN or a part of one, with a version or an alias.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters
 */
export function bareNameOf(functionName: string): string {
  const [, name = functionName] = /(?:^|:)function:([^:]+)/.exec(functionName) ?? [];
  return name.split(':')[0] ?? name;
}

/** @param whose what the target is said to be, for the message */
export const refusalUnless = (isOwn: boolean, functionName: string, whose: string): string | undefined =>
  isOwn
    ? undefined
    : `Lambda gave it up in the function "${functionName}", and ${whose}: its records are that one's to handle. It stays`;
