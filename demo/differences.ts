/** What one list has more than the other, whatever their order: `+` found and not expected, `-` expected and not found. */
export function differences(found: readonly string[], expected: readonly string[]): readonly string[] {
  const surplus = new Map<string, number>();
  for (const one of found) surplus.set(one, (surplus.get(one) ?? 0) + 1);
  for (const one of expected) surplus.set(one, (surplus.get(one) ?? 0) - 1);
  return [...surplus]
    .filter(([, count]) => count !== 0)
    .map(
      ([one, count]) =>
        `${count > 0 ? '+' : '-'} ${one}${Math.abs(count) > 1 ? ` (${Math.abs(count)} times)` : ''}`,
    );
}
