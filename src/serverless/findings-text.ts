import type { Finding } from './rules/finding.ts';

/** Where it is and which rule found it; below that what is wrong, and what to do. */
export const findingText = ({ level, function: name, file, message, remedy, rule }: Finding): string =>
  [
    `${level}: ${name}${file === '' ? '' : ` (${file})`}, ${rule}`,
    ...message.split('\n').map((line) => `  ${line}`),
    `  ${remedy}`,
  ].join('\n');

/** `2 errors, 1 warning` */
export function countText(findings: readonly Finding[]): string {
  const counts = (['error', 'warning', 'note'] as const).flatMap((level) => {
    const count = findings.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [`${count} ${level}${count === 1 ? '' : 's'}`];
  });
  return counts.length === 0 ? 'nothing found' : counts.join(', ');
}
