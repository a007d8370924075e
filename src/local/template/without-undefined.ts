/** `exactOptionalPropertyTypes` tells a key that is not there from one that holds undefined. */
export type WithoutUndefined<Given> = {
  readonly [Key in keyof Given as undefined extends Given[Key] ? Key : never]?: Exclude<
    Given[Key],
    undefined
  >;
} & {
  readonly [Key in keyof Given as undefined extends Given[Key] ? never : Key]: Given[Key];
};

export const withoutUndefined = <Given extends object>(given: Given): WithoutUndefined<Given> =>
  Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as WithoutUndefined<Given>;
