import type { Target } from '../report/targets.ts';
import type { Figures, ReplayResult } from './result.ts';
import { figuresFor } from './result.ts';

const times = 5;
const listSeconds = 60;
/** Ten times the letters may take as much more: collectors are lazy, and what is measured is the process. */
const flatGrowth = 1.2;

const ours = ['plain', 'ledger', 'fresh'];
const theirs = ['replay-aws-dlq', 'lumigo-cli'];

/** What was set out for, and what this run says of it. */
export const targetsOf = (result: ReplayResult): readonly Target[] => [
  ...theirs.map((id) => faster(id, result)),
  flat(result),
  listed(result),
];

/** The aim is for a handler that does nothing; with the ledger and the look at the items it is told as well. */
function faster(id: string, { speed }: ReplayResult): Target {
  const aim = `At least ${times} times the letters a second of ${id}`;
  const other = figuresFor(speed, id);
  const ratios = ours.flatMap((one) => {
    const figures = figuresFor(speed, one);
    return figures && other ? [{ one, ratio: figures.lettersPerSecond / other.lettersPerSecond }] : [];
  });
  const plain = ratios.find(({ one }) => one === 'plain');
  return {
    aim,
    reached: plain && plain.ratio >= times,
    figures: ratios.map(({ one, ratio }) => `${one}: ${ratio.toFixed(1)}×`).join(', '),
  };
}

function flat({ memory }: ReplayResult): Target {
  const aim = `Memory flat within ${((flatGrowth - 1) * 100).toFixed(0)} % from 10,000 to 100,000 letters`;
  const few = figuresFor(memory, '10000');
  const many = figuresFor(memory, '100000');
  if (few === undefined || many === undefined) return { aim, reached: undefined, figures: '' };
  const growth = many.peakBytes / few.peakBytes;
  return {
    aim,
    reached: growth <= flatGrowth,
    figures: `peak ${growth.toFixed(2)}×; ${perLetter(few, many).toFixed(0)} bytes live for each letter more`,
  };
}

const perLetter = (few: Figures, many: Figures): number =>
  (many.liveBytes - few.liveBytes) / (many.letters - few.letters);

function listed({ list }: ReplayResult): Target {
  const figures = figuresFor(list, 'list-100000');
  return {
    aim: `100,000 letters listed in under ${listSeconds} seconds`,
    reached: figures && figures.seconds < listSeconds,
    figures: figures === undefined ? '' : `${figures.seconds.toFixed(1)} s`,
  };
}
