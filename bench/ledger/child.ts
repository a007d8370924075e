import type { Turn } from './measure-round.ts';
import { measureRound } from './measure-round.ts';

const [turn = ''] = process.argv.slice(2);
process.send?.(await measureRound(JSON.parse(turn) as Turn));
